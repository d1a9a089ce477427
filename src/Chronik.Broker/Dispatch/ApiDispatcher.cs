using System.Buffers.Binary;
using Chronik.Broker.Network;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Dispatch;

/// <summary>Reads a request's header and starts its handler.</summary>
internal sealed class ApiDispatcher(ApiTable apis)
{
    // Key, version, correlation id, length of the client id.
    private const int HeaderBytesMin = 10;

    /// <summary>
    /// True for requests whose start neither waits nor takes long: records go to and come from the page cache.
    /// </summary>
    public static bool IsQuick(ReadOnlySpan<byte> frame) =>
        frame.Length >= sizeof(short) && (ApiKey)BinaryPrimitives.ReadInt16BigEndian(frame) is ApiKey.Produce or ApiKey.Fetch;

    /// <summary>Starts one request; its answer goes to <paramref name="queue"/> in the order of calls.</summary>
    /// <exception cref="ProtocolException">It cannot be answered: the connection is to be closed.</exception>
    public void Start(ReadOnlyMemory<byte> frame, FrameBuffer buffer, ConnectionContext connection, ResponseQueue queue)
    {
        ReadOnlySpan<byte> bytes = frame.Span;
        if (bytes.Length < HeaderBytesMin)
        {
            throw new ProtocolException($"a frame of {bytes.Length} bytes is too short for a request");
        }

        short key = BinaryPrimitives.ReadInt16BigEndian(bytes);
        short version = BinaryPrimitives.ReadInt16BigEndian(bytes[2..]);
        int correlationId = BinaryPrimitives.ReadInt32BigEndian(bytes[4..]);
        if (!apis.TryGet(key, out ApiEntry? api))
        {
            throw new ProtocolException($"API {key} is not served");
        }

        if (!api.Versions.Contains(version))
        {
            if (key != (short)ApiKey.ApiVersions)
            {
                throw new ProtocolException($"{api.Description.Name} v{version} is not served, only {api.Versions.Lowest} to {api.Versions.Highest}");
            }

            RefuseApiVersions(api, new RequestContext(connection, 0, correlationId, null), buffer, queue);
            return;
        }

        int bodyStart = ReadHeader(frame, api.Description.RequestHeaderVersion(version), connection, out string? clientId);
        var context = new RequestContext(connection, version, correlationId, clientId);
        StartHandler(new RequestUnderWay(queue, api, context, buffer, frame.Length), frame[bodyStart..], queue);
    }

    private static int ReadHeader(ReadOnlyMemory<byte> frame, short headerVersion, ConnectionContext connection, out string? clientId)
    {
        ReadOnlySpan<byte> bytes = frame.Span;
        short length = BinaryPrimitives.ReadInt16BigEndian(bytes[8..]);
        if (length < -1 || HeaderBytesMin + length > bytes.Length)
        {
            throw new ProtocolException($"a client id of {length} bytes does not fit its frame of {bytes.Length} bytes");
        }

        int position = HeaderBytesMin + Math.Max((int)length, 0);
        clientId = length < 0 ? null : connection.ReadClientId(bytes[HeaderBytesMin..position]);
        if (headerVersion >= 2)
        {
            var reader = new KafkaReader(frame[position..]);
            _ = reader.ReadUnknownTaggedFields();
            position += reader.Position;
        }

        return position;
    }

    private static void StartHandler(RequestUnderWay request, ReadOnlyMemory<byte> body, ResponseQueue queue)
    {
        request.Frame.Hold();
        queue.Add(request);
        try
        {
            request.Api.Start(request, body);
        }
        catch (ProtocolException e)
        {
            request.Context.CloseConnection($"{request.Api.Description.Name} v{request.Context.ApiVersion}: {e.Message}");
            request.CompleteInline(null);
        }
        catch (Exception e)
        {
            request.FailInline(e);
        }
    }

    // KIP-511: a client that is newer than the broker learns what to ask in an answer that every client can read.
    private static void RefuseApiVersions(ApiEntry api, RequestContext context, FrameBuffer buffer, ResponseQueue queue)
    {
        var request = new RequestUnderWay(queue, api, context, buffer, HeaderBytesMin);
        buffer.Hold();
        queue.Add(request);
        request.CompleteInline(new ApiVersionsResponse
        {
            ErrorCode = ErrorCode.UnsupportedVersion,
            ApiKeys = [new() { ApiKey = (short)ApiKey.ApiVersions, MinVersion = api.Versions.Lowest, MaxVersion = api.Versions.Highest }],
        });
    }
}

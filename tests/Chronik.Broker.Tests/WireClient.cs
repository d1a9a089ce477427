using System.Buffers.Binary;
using Chronik.Broker.Network;
using Chronik.Protocol;

namespace Chronik.Broker.Tests;

/// <summary>A client that speaks frames: typed requests, and any bytes at all.</summary>
internal sealed class WireClient(ITransportConnection connection) : IDisposable
{
    private int _lastCorrelationId;

    public ITransportConnection Connection => connection;

    public static byte[] Frame<TRequest, TResponse>(TRequest request, short version, int correlationId, string? clientId = "test")
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : IKafkaResponse<TResponse>
    {
        using var writer = new KafkaWriter();
        writer.BeginFrame();
        writer.WriteInt16((short)TRequest.ApiKey);
        writer.WriteInt16(version);
        writer.WriteInt32(correlationId);
        writer.WriteString(clientId, compact: false);
        if (ApiKeys.Get(TRequest.ApiKey).RequestHeaderVersion(version) >= 2)
            writer.WriteUnsignedVarint(0);
        request.Write(writer, version);
        writer.EndFrame();
        return writer.WrittenSpan.ToArray();
    }

    public async Task<int> SendAsync<TRequest, TResponse>(TRequest request, short version)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : IKafkaResponse<TResponse>
    {
        int correlationId = ++_lastCorrelationId;
        await SendBytesAsync(Frame<TRequest, TResponse>(request, version, correlationId));
        return correlationId;
    }

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes) => await connection.SendAsync(bytes, more: false);

    public async Task<TResponse> CallAsync<TRequest, TResponse>(TRequest request, short version)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : IKafkaResponse<TResponse>
    {
        int correlationId = await SendAsync<TRequest, TResponse>(request, version);
        return await ReceiveAsync<TResponse>(version, correlationId);
    }

    public async Task<TResponse> ReceiveAsync<TResponse>(short version, int correlationId)
        where TResponse : IKafkaResponse<TResponse>
    {
        byte[] frame = await ReceiveFrameAsync() ?? throw new IOException("The broker closed the connection.");
        var reader = new KafkaReader(frame);
        Assert.Equal(correlationId, reader.ReadInt32());
        if (ApiKeys.Get(TResponse.ApiKey).ResponseHeaderVersion(version) >= 1)
            reader.ReadUnknownTaggedFields();
        TResponse response = TResponse.Read(ref reader, version);
        Assert.Equal(0, reader.Remaining);
        return response;
    }

    /// <summary>The next frame without its size; null where the broker closed the connection.</summary>
    public async Task<byte[]?> ReceiveFrameAsync()
    {
        byte[]? size = await ReceiveExactlyAsync(4);
        return size is null ? null : await ReceiveExactlyAsync(BinaryPrimitives.ReadInt32BigEndian(size));
    }

    /// <summary>Everything until the broker closes the connection.</summary>
    public async Task<byte[]> ReceiveAllAsync()
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[4096];
        try
        {
            while (await Bounded(connection.ReceiveAsync(buffer)) is > 0 and var count)
                all.Write(buffer, 0, count);
        }
        catch (IOException)
        {
            // A reset is an end as well.
        }

        return all.ToArray();
    }

    public void Dispose()
    {
        connection.Abort();
        connection.Dispose();
    }

    private static async Task<int> Bounded(ValueTask<int> receive) => await receive.AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    private async Task<byte[]?> ReceiveExactlyAsync(int count)
    {
        byte[] bytes = new byte[count];
        for (int have = 0; have < count;)
        {
            int received;
            try
            {
                received = await Bounded(connection.ReceiveAsync(bytes.AsMemory(have)));
            }
            catch (IOException)
            {
                received = 0;
            }

            if (received == 0)
                return null;
            have += received;
        }

        return bytes;
    }
}

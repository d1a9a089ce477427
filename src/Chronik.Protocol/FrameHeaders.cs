using Chronik.Protocol.Messages;

namespace Chronik.Protocol;

/// <summary>The headers between a frame's size and its message. Their version follows from the request's key and version.</summary>
public static class FrameHeaders
{
    /// <summary>
    /// Reads a request's header. The version in it may be one that has no messages here: a broker answers ApiVersions
    /// in such versions too (KIP-511), and closes the connection on others.
    /// </summary>
    /// <exception cref="ProtocolException">The request is unknown, or the bytes are not a header.</exception>
    public static RequestHeader ReadRequestHeader(ref KafkaReader reader)
    {
        var ahead = reader;
        short key = ahead.ReadInt16();
        short version = ahead.ReadInt16();
        if (!ApiKeys.TryGet(key, out var api))
            throw new ProtocolException($"There is no request with key {key}.");
        return RequestHeader.Read(ref reader, api.RequestHeaderVersion(version));
    }

    /// <summary>Writes a request's header.</summary>
    public static void WriteRequestHeader(KafkaWriter writer, ApiDescription api, short version, int correlationId, string? clientId)
    {
        var header = new RequestHeader
        {
            RequestApiKey = (short)api.Key,
            RequestApiVersion = version,
            CorrelationId = correlationId,
            ClientId = clientId,
        };
        header.Write(writer, api.RequestHeaderVersion(version));
    }

    /// <summary>Reads a response's header.</summary>
    /// <returns>The correlation id of the request that it answers.</returns>
    public static int ReadResponseHeader(ref KafkaReader reader, ApiDescription api, short version)
    {
        int correlationId = reader.ReadInt32();
        if (api.ResponseHeaderVersion(version) >= ResponseHeader.FirstFlexibleVersion)
            reader.ReadUnknownTaggedFields();
        return correlationId;
    }

    /// <summary>Writes a response's header.</summary>
    public static void WriteResponseHeader(KafkaWriter writer, ApiDescription api, short version, int correlationId)
    {
        writer.WriteInt32(correlationId);
        if (api.ResponseHeaderVersion(version) >= ResponseHeader.FirstFlexibleVersion)
            writer.WriteUnknownTaggedFields(null);
    }
}

using System.Buffers.Binary;
using System.Net.Sockets;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Storage.Tests;

/// <summary>Asks a real Kafka one request after another.</summary>
internal sealed class KafkaWire(int port) : IDisposable
{
    private const int SizeBytes = 4;
    private readonly TcpClient _client = new("127.0.0.1", port) { NoDelay = true };
    private int _correlationId;

    public async Task<TResponse> AskAsync<TRequest, TResponse>(IKafkaRequest<TRequest, TResponse> request, short version)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : IKafkaResponse<TResponse>
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var stream = _client.GetStream();
        await stream.WriteAsync(Frame<TRequest, TResponse>((TRequest)request, version), bound.Token);
        var size = new byte[SizeBytes];
        await stream.ReadExactlyAsync(size, bound.Token);
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
        await stream.ReadExactlyAsync(frame, bound.Token);
        return Read<TResponse>(frame, version);
    }

    public void Dispose() => _client.Dispose();

    private byte[] Frame<TRequest, TResponse>(TRequest request, short version)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : IKafkaResponse<TResponse>
    {
        using var writer = new KafkaWriter();
        writer.BeginFrame();
        writer.WriteInt16((short)TRequest.ApiKey);
        writer.WriteInt16(version);
        writer.WriteInt32(++_correlationId);
        writer.WriteString("test", compact: false);
        if (ApiKeys.Get(TRequest.ApiKey).RequestHeaderVersion(version) >= 2)
            writer.WriteUnsignedVarint(0);
        request.Write(writer, version);
        writer.EndFrame();
        return writer.WrittenSpan.ToArray();
    }

    private TResponse Read<TResponse>(byte[] frame, short version)
        where TResponse : IKafkaResponse<TResponse>
    {
        var reader = new KafkaReader(frame);
        Assert.Equal(_correlationId, reader.ReadInt32());
        if (ApiKeys.Get(TResponse.ApiKey).ResponseHeaderVersion(version) >= 1)
            reader.ReadUnknownTaggedFields();
        return TResponse.Read(ref reader, version);
    }
}

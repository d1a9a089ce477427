using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Client.Tests;

/// <summary>A peer on a loopback port that answers as a test says: what real brokers do too seldom.</summary>
internal sealed class FakeBroker : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ApiKey, Func<ReadOnlyMemory<byte>, short, Action<KafkaWriter>?>> _answers = new();
    private readonly ConcurrentBag<TcpClient> _connections = [];
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _accepting;
    private long _lastProducerId;

    public FakeBroker()
    {
        _listener.Start();
        On<ApiVersionsRequest, ApiVersionsResponse>((_, _) => new() { ApiKeys = [.. ApiKeys.All.Select(api => new ApiVersionsResponse.ApiVersion { ApiKey = (short)api.Key, MinVersion = api.LowestVersion, MaxVersion = api.HighestVersion })] });
        On<InitProducerIdRequest, InitProducerIdResponse>((_, _) => new() { ProducerId = Interlocked.Increment(ref _lastProducerId) });
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int ConnectionCount => _connections.Count;

    public KafkaClientOptions ClientOptions => new() { BootstrapServers = $"127.0.0.1:{Port}", RetryBackoff = TimeSpan.FromMilliseconds(1) };

    /// <summary>Answers a request; null never answers, an exception hangs up.</summary>
    public void On<TRequest, TResponse>(Func<TRequest, short, TResponse?> answer)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : class, IKafkaResponse<TResponse>
    {
        _answers[TRequest.ApiKey] = (body, version) =>
        {
            var reader = new KafkaReader(body);
            var response = answer(TRequest.Read(ref reader, version), version);
            return response is null ? null : writer => response.Write(writer, version);
        };
    }

    /// <summary>Answers with bytes, whatever the version says.</summary>
    public void OnRaw(ApiKey key, Func<short, Action<KafkaWriter>> answer) => _answers[key] = (_, version) => answer(version);

    /// <summary>Tells of these brokers, and of one topic with a partition that one of them leads.</summary>
    public void TellCluster(string topic, Func<int> leader, params IReadOnlyList<FakeBroker> brokers) =>
        On<MetadataRequest, MetadataResponse>((_, _) => new()
        {
            ControllerId = 0,
            Brokers = [.. brokers.Select((broker, id) => new MetadataResponse.MetadataResponseBroker { NodeId = id, Host = "127.0.0.1", Port = broker.Port })],
            Topics = { new() { Name = topic, Partitions = { new() { LeaderId = leader() } } } },
        });

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        foreach (var connection in _connections)
            connection.Dispose();
        await _accepting;
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptTcpClientAsync();
                _connections.Add(connection);
                serving.Add(ServeAsync(connection));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        try
        {
            using (connection)
            {
                var stream = connection.GetStream();
                byte[] size = new byte[4];
                while (true)
                {
                    await stream.ReadExactlyAsync(size);
                    byte[] frame = new byte[BinaryPrimitives.ReadInt32BigEndian(size)];
                    await stream.ReadExactlyAsync(frame);
                    if (Answer(frame) is { } answer)
                        await stream.WriteAsync(answer);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or NotSupportedException or InvalidOperationException)
        {
            // The client went away, or the test hangs up on it.
        }
    }

    private byte[]? Answer(byte[] frame)
    {
        var reader = new KafkaReader(frame);
        var header = FrameHeaders.ReadRequestHeader(ref reader);
        var key = (ApiKey)header.RequestApiKey;
        if (_answers[key](frame.AsMemory(reader.Position), header.RequestApiVersion) is not { } body)
            return null;
        using var writer = new KafkaWriter();
        writer.BeginFrame();
        FrameHeaders.WriteResponseHeader(writer, ApiKeys.Get(key), header.RequestApiVersion, header.CorrelationId);
        body(writer);
        writer.EndFrame();
        return writer.WrittenSpan.ToArray();
    }
}

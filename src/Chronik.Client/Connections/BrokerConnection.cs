using System.Buffers.Binary;
using Chronik.Protocol;

namespace Chronik.Client.Connections;

/// <summary>One connection: requests go out as they come, responses find theirs by correlation id.</summary>
internal sealed class BrokerConnection : IAsyncDisposable
{
    private const int FrameBytesMax = 512 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Dictionary<int, PendingResponse> _pending = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly KafkaWriter _writer = new(4096);
    private readonly Stream _stream;
    private readonly TimeProvider _clock;
    private readonly string _clientId;
    private readonly Task _reading;
    private Exception? _broken;
    private int _lastCorrelationId;

    public BrokerConnection(BrokerAddress address, Stream stream, string clientId, TimeProvider clock)
    {
        Address = address;
        _stream = stream;
        _clientId = clientId;
        _clock = clock;
        _reading = ReadFramesAsync();
    }

    public BrokerAddress Address { get; }

    /// <summary>What the broker serves; set once it said so.</summary>
    public ApiVersionTable Versions { get; set; } = ApiVersionTable.Oldest;

    public bool IsBroken => Volatile.Read(ref _broken) is not null;

    /// <summary>Sends a request and waits for its response.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="TimeoutException">The broker did not answer in time; the connection is broken then.</exception>
    public async Task<TResponse> SendAsync<TRequest, TResponse>(
        IKafkaRequest<TRequest, TResponse> request, short version, TimeSpan timeout, CancellationToken cancellation)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : IKafkaResponse<TResponse>
    {
        var api = ApiKeys.Get(TRequest.ApiKey);
        var pending = new PendingResponse();
        await WriteAsync(request, api, version, pending, cancellation);
        byte[] frame;
        try
        {
            frame = await pending.Task.WaitAsync(timeout, _clock, cancellation);
        }
        catch (TimeoutException)
        {
            var late = new TimeoutException($"{Address} did not answer {api.Name} within {timeout.TotalSeconds:0.#} s.");
            Break(late);
            throw late;
        }

        return Decode<TResponse>(frame, api, version);
    }

    /// <summary>Sends a request that is never answered: Produce with acks=0.</summary>
    public Task SendOnlyAsync<TRequest, TResponse>(IKafkaRequest<TRequest, TResponse> request, short version, CancellationToken cancellation)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : IKafkaResponse<TResponse> =>
        WriteAsync(request, ApiKeys.Get(TRequest.ApiKey), version, pending: null, cancellation);

    public async ValueTask DisposeAsync()
    {
        Break(new IOException($"The connection to {Address} was closed."));
        await _reading;
        await _writing.WaitAsync();
        _writer.Dispose();
        _writing.Dispose();
        _closing.Dispose();
    }

    private static TResponse Decode<TResponse>(byte[] frame, ApiDescription api, short version)
        where TResponse : IKafkaResponse<TResponse>
    {
        var reader = new KafkaReader(frame, allocationBudget: long.MaxValue);
        FrameHeaders.ReadResponseHeader(ref reader, api, version);
        return TResponse.Read(ref reader, version);
    }

    private async Task WriteAsync<TRequest, TResponse>(
        IKafkaRequest<TRequest, TResponse> request, ApiDescription api, short version, PendingResponse? pending, CancellationToken cancellation)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : IKafkaResponse<TResponse>
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            int correlationId = ++_lastCorrelationId;
            _writer.Reset();
            _writer.BeginFrame();
            FrameHeaders.WriteRequestHeader(_writer, api, version, correlationId, _clientId);
            request.Write(_writer, version);
            _writer.EndFrame();
            Register(correlationId, pending);
            // Not cancelled halfway: what follows on the connection would be read as the rest of this frame.
            await _stream.WriteAsync(_writer.WrittenMemory, _closing.Token);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            var lost = e as IOException ?? new IOException($"The connection to {Address} was closed.", e);
            Break(lost);
            throw lost;
        }
        finally
        {
            _writing.Release();
        }
    }

    private void Register(int correlationId, PendingResponse? pending)
    {
        lock (_gate)
        {
            if (_broken is not null)
                throw new IOException(_broken.Message, _broken);
            if (pending is not null)
                _pending.Add(correlationId, pending);
        }
    }

    private async Task ReadFramesAsync()
    {
        try
        {
            byte[] size = new byte[sizeof(int)];
            while (true)
            {
                await _stream.ReadExactlyAsync(size, _closing.Token);
                int length = BinaryPrimitives.ReadInt32BigEndian(size);
                if (length is < sizeof(int) or > FrameBytesMax)
                    throw new IOException($"{Address} sent a frame of {length} bytes; it does not speak Kafka's protocol.");
                byte[] frame = new byte[length];
                await _stream.ReadExactlyAsync(frame, _closing.Token);
                Complete(frame);
            }
        }
        catch (EndOfStreamException e)
        {
            Break(new IOException($"{Address} closed the connection.", e));
        }
        catch (Exception e)
        {
            Break(e as IOException ?? new IOException($"The connection to {Address} was closed.", e));
        }
    }

    private void Complete(byte[] frame)
    {
        PendingResponse? pending;
        lock (_gate)
            _pending.Remove(BinaryPrimitives.ReadInt32BigEndian(frame), out pending);
        pending?.TrySetResult(frame);
    }

    private void Break(Exception why)
    {
        PendingResponse[] lost;
        lock (_gate)
        {
            if (_broken is not null)
                return;
            _broken = why;
            lost = [.. _pending.Values];
            _pending.Clear();
        }

        _closing.Cancel();
        _stream.Dispose();
        foreach (var pending in lost)
            pending.TrySetException(new IOException(why.Message, why));
    }
}

using System.Buffers.Binary;
using Chronik.Broker.Network;
using Chronik.Campaigns.Simulation;
using Chronik.Protocol;

namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>A client's end of a connection: typed requests, in order, and ways to lose them.</summary>
internal sealed class WireConnection
{
    private readonly BrokerProcess _process;
    private readonly ITransportConnection _transport;
    private readonly string _clientId;
    private readonly Random _random;
    private readonly Queue<WireCall> _waiting = new();
    private Task _sending = Task.CompletedTask;
    private int _lastCorrelationId;

    public WireConnection(BrokerProcess process, ITransportConnection transport, string clientId, Random random)
    {
        _process = process;
        _transport = transport;
        _clientId = clientId;
        _random = random;
        _ = process.Scheduler.Start(async () =>
        {
            await ReceiveAsync();
            return true;
        });
    }

    /// <summary>Nothing more will be answered.</summary>
    public bool IsOver { get; private set; }

    public bool HasCalls => _waiting.Count > 0;

    /// <summary>The next frame is cut off somewhere, and the connection with it.</summary>
    public bool CutsNext { get; set; }

    /// <summary>Sends a request; null where its answer was lost.</summary>
    /// <param name="boundMs">It must be answered within so much time of the broker's clock.</param>
    public async Task<TResponse?> CallAsync<TRequest, TResponse>(TRequest request, short version, int boundMs)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : class, IKafkaResponse<TResponse>
    {
        var call = new WireCall($"{TRequest.ApiKey} v{version}", ++_lastCorrelationId, _process.Time.Elapsed + TimeSpan.FromMilliseconds(boundMs));
        if (IsOver)
            return null;
        _waiting.Enqueue(call);
        _process.Add(call);
        Send(Frame<TRequest, TResponse>(request, version, call.CorrelationId));
        if (await call.Answer is not { } frame || !_process.IsAlive)
            return null;
        return Read<TResponse>(frame, version, call);
    }

    /// <summary>Sends a request that is never answered (acks=0).</summary>
    public void Post<TRequest, TResponse>(TRequest request, short version)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : class, IKafkaResponse<TResponse> => Send(Frame<TRequest, TResponse>(request, version, ++_lastCorrelationId));

    /// <summary>The connection breaks: what is under way may have arrived or not, and no answer will.</summary>
    public void Cut()
    {
        if (!IsOver)
            _transport.Abort();
        EndAll();
    }

    private void Send(byte[] frame)
    {
        _process.Disk.Trace.Add("send", _clientId, frame.Length, BinaryPrimitives.ReadInt16BigEndian(frame.AsSpan(4)), Records.Crc32C.Compute(frame));
        var cutsAfter = CutsNext ? _random.Next(frame.Length + 1) : -1;
        if (CutsNext)
            _process.Disk.Trace.Add("cut", _clientId, cutsAfter);
        CutsNext = false;
        _sending = SendAsync(_sending, frame, cutsAfter);
    }

    private async Task SendAsync(Task before, byte[] frame, int cutsAfter)
    {
        await before;
        try
        {
            await _transport.SendAsync(cutsAfter < 0 ? frame : frame.AsMemory(0, cutsAfter), more: false);
        }
        catch (IOException)
        {
            EndAll();
            return;
        }

        if (cutsAfter >= 0)
            Cut();
    }

    private async Task ReceiveAsync()
    {
        var bytes = new byte[1024];
        var have = 0;
        try
        {
            while (true)
            {
                var received = await _transport.ReceiveAsync(bytes.AsMemory(have));
                if (received == 0)
                    break;
                have += received;
                have = TakeFrames(bytes, have);
                if (have == bytes.Length)
                    Array.Resize(ref bytes, bytes.Length * 2);
            }
        }
        catch (IOException)
        {
            // It broke.
        }

        EndAll();
    }

    private int TakeFrames(byte[] bytes, int have)
    {
        var at = 0;
        while (have - at >= 4 && have - at - 4 >= BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at)))
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            var frame = bytes.AsSpan(at + 4, size).ToArray();
            at += 4 + size;
            _process.Disk.Trace.Add("answer", _clientId, size, _process.IsAlive ? 1 : 0, Records.Crc32C.Compute(frame));
            if (_waiting.TryDequeue(out var call))
                call.Complete(frame);
        }

        bytes.AsSpan(at, have - at).CopyTo(bytes);
        return have - at;
    }

    private void EndAll()
    {
        IsOver = true;
        while (_waiting.TryDequeue(out var call))
            call.Complete(null);
    }

    private byte[] Frame<TRequest, TResponse>(TRequest request, short version, int correlationId)
        where TRequest : IKafkaRequest<TRequest, TResponse>
        where TResponse : IKafkaResponse<TResponse>
    {
        using var writer = new KafkaWriter();
        writer.BeginFrame();
        writer.WriteInt16((short)TRequest.ApiKey);
        writer.WriteInt16(version);
        writer.WriteInt32(correlationId);
        writer.WriteString(_clientId, compact: false);
        if (ApiKeys.Get(TRequest.ApiKey).RequestHeaderVersion(version) >= 2)
            writer.WriteUnsignedVarint(0);
        request.Write(writer, version);
        writer.EndFrame();
        return writer.WrittenSpan.ToArray();
    }

    private static TResponse Read<TResponse>(byte[] frame, short version, WireCall call)
        where TResponse : IKafkaResponse<TResponse>
    {
        var reader = new KafkaReader(frame);
        var correlationId = reader.ReadInt32();
        if (correlationId != call.CorrelationId)
            throw new SimulationFailure($"{call.What} {call.CorrelationId} is answered by {correlationId}");
        if (ApiKeys.Get(TResponse.ApiKey).ResponseHeaderVersion(version) >= 1)
            reader.ReadUnknownTaggedFields();
        var response = TResponse.Read(ref reader, version);
        return reader.Remaining == 0 ? response : throw new SimulationFailure($"{call.What} is answered with {reader.Remaining} bytes too many");
    }
}

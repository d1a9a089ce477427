using System.Collections.Concurrent;
using System.Net;
using Chronik.Broker.Dispatch;
using Chronik.Broker.Handlers.Data;
using Chronik.Broker.Network;
using Chronik.Protocol.Messages;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Network;

/// <summary>The network part of a broker alone: ApiVersions, and a Heartbeat that each test answers when it likes.</summary>
internal sealed class NetworkFixture : IAsyncDisposable
{
    private readonly InMemoryTransport _transport = new(TaskScheduler.Default);
    private readonly BrokerNetwork _network;

    private NetworkFixture(BrokerOptions options)
    {
        var apis = new ApiTable();
        apis.Add(new ApiVersionsHandler(apis, new BrokerIdentity("cluster", 1)));
        apis.Add(Heartbeats);
        Memory = new RequestMemory(options.QueuedRequestBytesMax);
        _network = new BrokerNetwork(_transport, new NetworkServices(options, apis, Memory, Time, Log));
    }

    public FakeTimeProvider Time { get; } = new();

    public CollectedLog Log { get; } = new();

    public RequestMemory Memory { get; }

    public ParkedHeartbeats Heartbeats { get; } = new();

    public int ConnectionCount => _network.ConnectionCount;

    public int Port => ((IPEndPoint)_network.EndPoints[0]).Port;

    public static async Task<NetworkFixture> StartAsync(BrokerOptions? options = null)
    {
        var fixture = new NetworkFixture((options ?? new BrokerOptions()) with { Listeners = [new ListenerOptions("localhost", 0)] });
        await fixture._network.StartAsync();
        return fixture;
    }

    public WireClient Connect(IPEndPoint? from = null) => new(_transport.Connect(Port, from));

    public Task StopAsync() => _network.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Heartbeats.AnswerAll();
        await _network.StopAsync();
    }

    /// <summary>Answers a heartbeat at once where its generation is 0, else when the test says so.</summary>
    internal sealed class ParkedHeartbeats : IRequestHandler<HeartbeatRequest, HeartbeatResponse>
    {
        private readonly ConcurrentDictionary<int, TaskCompletionSource> _parked = new();
        private int _started;

        public int Started => Volatile.Read(ref _started);

        public async ValueTask<HeartbeatResponse?> HandleAsync(RequestContext context, HeartbeatRequest request)
        {
            Interlocked.Increment(ref _started);
            if (request.MemberId == "throw")
                throw new InvalidOperationException("as the test asked");
            if (request.GenerationId > 0)
                await _parked.GetOrAdd(request.GenerationId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            if (request.MemberId == "close")
                context.CloseConnection("the test asked for it");
            return new HeartbeatResponse { ThrottleTimeMs = request.GenerationId };
        }

        public void Answer(int generation) =>
            _parked.GetOrAdd(generation, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

        public void AnswerAll()
        {
            foreach (int generation in _parked.Keys)
                Answer(generation);
        }
    }
}

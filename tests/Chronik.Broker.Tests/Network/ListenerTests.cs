using System.Net;
using Chronik.Broker.Dispatch;
using Chronik.Broker.Network;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Network;

public sealed class ListenerTests
{
    [Fact]
    public async Task A_lack_of_file_descriptors_is_waited_out_with_two_lines()
    {
        var time = new FakeTimeProvider();
        var log = new CollectedLog();
        var options = new BrokerOptions();
        var services = new NetworkServices(options, new ApiTable(), new RequestMemory(1), time, log);
        using var connections = new ConnectionRegistry(services);
        using var accepting = new StarvedListener(failures: 3);
        using var listener = new Listener(accepting, options.Listeners[0], connections, services);
        Task run = listener.RunAsync();
        for (int i = 0; i < 3; i++)
        {
            await Eventually.True(() => accepting.Failures > i && time.NextTimerIn < TimeSpan.FromSeconds(1));
            time.Advance(TimeSpan.FromMilliseconds(200));
        }

        await Eventually.True(() => connections.Count == 1);
        listener.Dispose();
        await run;
        Assert.Contains("Too many open files", Assert.Single(log.Warnings), StringComparison.Ordinal);
        Assert.Single(log.Lines, line => line.Text.EndsWith("again", StringComparison.Ordinal) && line.Text.StartsWith("Accepting", StringComparison.Ordinal));
        await connections.StopAsync();
    }

    /// <summary>Fails to accept a few times, then has one connection.</summary>
    private sealed class StarvedListener(int failures) : ITransportListener
    {
        private readonly InMemoryTransport _network = new(TaskScheduler.Default);
        private readonly TaskCompletionSource<ITransportConnection?> _end = new();
        private int _calls;

        public int Failures => Math.Min(Volatile.Read(ref _calls), failures);

        public EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 9092);

        public async ValueTask<ITransportConnection?> AcceptAsync()
        {
            int call = Interlocked.Increment(ref _calls);
            if (call <= failures)
                throw new IOException("Too many open files");
            if (call > failures + 1)
                return await _end.Task;
            using ITransportListener inner = (await _network.ListenAsync(new ListenerOptions("localhost", 1)))[0];
            _ = _network.Connect(1);
            return await inner.AcceptAsync();
        }

        public void Dispose() => _end.TrySetResult(null);
    }
}

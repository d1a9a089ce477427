using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;

namespace Chronik.Broker.Network;

/// <summary>
/// A network inside this process: any number of brokers and clients, no sockets, no ports of the machine. Everything that
/// resumes does so on the scheduler that was given, so a single-threaded one makes whole clusters deterministic.
/// </summary>
/// <param name="scheduler">Where those who wait for bytes go on.</param>
public sealed class InMemoryTransport(TaskScheduler scheduler) : ITransport
{
    private const int FirstFreePort = 40_000;
    private const int BufferedBytesMax = 256 * 1024;

    private readonly ConcurrentDictionary<int, InMemoryListener> _listeners = new();
    private readonly PipeOptions _pipe = new(
        readerScheduler: new SchedulerOfTasks(scheduler),
        writerScheduler: new SchedulerOfTasks(scheduler),
        pauseWriterThreshold: BufferedBytesMax,
        resumeWriterThreshold: BufferedBytesMax / 2,
        useSynchronizationContext: false);

    private int _lastPort = FirstFreePort;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ITransportListener>> ListenAsync(ListenerOptions options)
    {
        int port = options.Port == 0 ? Interlocked.Increment(ref _lastPort) : options.Port;
        var listener = new InMemoryListener(new IPEndPoint(IPAddress.Loopback, port), () => _listeners.TryRemove(port, out _));
        if (!_listeners.TryAdd(port, listener))
        {
            throw new TransportException($"Cannot listen on {options.Host}:{port}: another broker already listens there.");
        }

        return new([listener]);
    }

    /// <summary>Connects to whoever listens on a port; this is the client's end.</summary>
    /// <param name="port">The port.</param>
    /// <param name="from">The client's address; a loopback address unless given.</param>
    /// <exception cref="IOException">Nobody listens there.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "Both ends belong to those who get them.")]
    public ITransportConnection Connect(int port, IPEndPoint? from = null)
    {
        if (!_listeners.TryGetValue(port, out InMemoryListener? listener))
        {
            throw new IOException($"Nobody listens on port {port}.");
        }

        from ??= new IPEndPoint(IPAddress.Loopback, Interlocked.Increment(ref _lastPort));
        var up = new Pipe(_pipe);
        var down = new Pipe(_pipe);
        listener.Offer(new InMemoryConnection(up.Reader, down.Writer, listener.LocalEndPoint, from));
        return new InMemoryConnection(down.Reader, up.Writer, from, listener.LocalEndPoint);
    }

    private sealed class SchedulerOfTasks(TaskScheduler scheduler) : PipeScheduler
    {
        public override void Schedule(Action<object?> action, object? state) =>
            Task.Factory.StartNew(action, state, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
    }
}

using System.Diagnostics.CodeAnalysis;
using Chronik.Broker;
using Chronik.Broker.Network;
using Chronik.Campaigns.Seeds;
using Chronik.Campaigns.Simulation;
using Chronik.Campaigns.Simulation.Disk;
using Chronik.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>One life of a whole broker: its clock, tasks, network, open files and connections, which all end with it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A process that is killed disposes nothing.")]
internal sealed class BrokerProcess : ISimulatedProcess
{
    private const int Port = 9092;
    private const int StopMsMax = 60_000;
    private readonly SimulatedFileSystem _files;
    private readonly InMemoryTransport _transport;
    private readonly BrokerHost _host;
    private readonly List<WireCall> _calls = [];

    public BrokerProcess(SimulatedDisk disk, CatalogDisk catalog, Random random, DateTimeOffset now, IReadOnlyDictionary<string, string> settings)
    {
        _files = disk.Boot();
        Scheduler = new RandomScheduler(random, concurrency: 1);
        Time = new FakeTimeProvider(now);
        _transport = new InMemoryTransport(Scheduler);
        var options = new BrokerOptions
        {
            DataDirectory = "/data",
            Listeners = [new ListenerOptions("localhost", Port)],
            CheckpointIntervalMs = 3_000,
            RetentionCheckIntervalMs = 7_000,
            AutoCreateTopicsEnable = false,
            LogSettings = settings,
        };
        _host = new BrokerHost(
            options, new BrokerSeams(_files, _transport, Time, new Random(random.Next()), Scheduler, NullLoggerFactory.Instance)
            {
                Catalog = () => new SimulatedCatalog(catalog, _files.Life, Scheduler),
            });
    }

    public RandomScheduler Scheduler { get; }

    public FakeTimeProvider Time { get; }

    /// <summary>The disk failed at least once in this life, so that errors are no surprise.</summary>
    public bool HadFaults { get; set; }

    /// <summary>It is being closed: what is asked of it now may be refused.</summary>
    public bool IsClosing { get; private set; }

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public bool IsAlive => !Scheduler.IsStopped && _files.Disk.Life == _files.Life;

    /// <summary>Errors of the storage are to be expected.</summary>
    public bool MayFail => HadFaults || IsClosing || !IsAlive;

    /// <summary>The file system that it sees.</summary>
    public SimulatedDisk Disk => _files.Disk;

    /// <summary>Starts the broker; null where that worked, else the reason.</summary>
    public Exception? Start()
    {
        var starting = Scheduler.Start(async () =>
        {
            await _host.StartAsync();
            return true;
        });
        for (var waitedMs = 0; !starting.IsCompleted && waitedMs < StopMsMax && IsAlive; waitedMs += 1_000)
            Advance(waitedMs == 0 ? 0 : 1_000);
        if (!starting.IsCompleted)
            return IsAlive ? throw new SimulationFailure("The broker starts for ever.") : new IOException("The process died while it started.");
        return starting.Exception?.InnerException;
    }

    /// <summary>Stops the broker in peace; it must come to an end whatever the disk does.</summary>
    public void Stop()
    {
        IsClosing = true;
        var stopping = Scheduler.Start(async () =>
        {
            await _host.StopAsync();
            return true;
        });
        for (var waitedMs = 0; !stopping.IsCompleted && waitedMs < StopMsMax && IsAlive; waitedMs += 1_000)
            Advance(waitedMs == 0 ? 0 : 1_000);
        if (!stopping.IsCompleted && IsAlive)
            throw new SimulationFailure("The broker stops for ever.");
        if (stopping.Exception is { } error && IsAlive && !HadFaults)
            throw new SimulationFailure($"The broker does not stop: {error.InnerException?.Message}", error);
        Scheduler.Stop();
    }

    /// <summary>It is gone.</summary>
    public void End() => Scheduler.Stop();

    /// <summary>Moves the clock from one timer to the next; after each, all that it set off is done.</summary>
    public void Advance(int milliseconds)
    {
        Scheduler.RunAll();
        var target = Time.Elapsed + TimeSpan.FromMilliseconds(milliseconds);
        while (IsAlive && Time.NextTimerIn is { } next && Time.Elapsed + next <= target)
            Move(next);
        if (IsAlive && Time.Elapsed < target)
            Move(target - Time.Elapsed);
    }

    /// <summary>A connection of a client that comes now.</summary>
    /// <exception cref="IOException">Nobody listens (any more).</exception>
    public WireConnection Connect(string clientId, Random random) => new(this, _transport.Connect(Port), clientId, random);

    /// <summary>Remembers a call until it is answered.</summary>
    public void Add(WireCall call) => _calls.Add(call);

    /// <summary>The first call whose time is over though its connection is whole, or null.</summary>
    public WireCall? FindOverdue()
    {
        _calls.RemoveAll(static call => call.IsOver);
        return _calls.Find(call => call.Deadline < Time.Elapsed);
    }

    // What timers set off belongs to the scheduler, too: otherwise it would go on in the thread pool.
    private void Move(TimeSpan by)
    {
        _ = Scheduler.Start(() =>
        {
            Time.Advance(by);
            return Task.FromResult(true);
        });
        Scheduler.RunAll();
    }
}

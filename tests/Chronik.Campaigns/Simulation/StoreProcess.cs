using Chronik.Campaigns.Seeds;
using Chronik.Campaigns.Simulation.Disk;
using Chronik.Protocol;
using Chronik.Storage;
using Chronik.Storage.Compaction;
using Chronik.Storage.Log;
using Chronik.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronik.Campaigns.Simulation;

/// <summary>One life of a process with a log store: its own clock, tasks and open files, which all end with it.</summary>
internal sealed class StoreProcess : ISimulatedProcess, IHighWatermarkListener
{
    private static readonly CleanerConfig s_cleaner = new() { DedupeBufferBytes = 1 << 16, IoBufferBytes = 1 << 16 };
    private readonly SimulatedFileSystem _files;
    private readonly Action<IPartitionLog> _onAdvanced;

    public StoreProcess(SimulatedDisk disk, Random random, DateTimeOffset now, Action<IPartitionLog> onAdvanced)
    {
        _files = disk.Boot();
        _onAdvanced = onAdvanced;
        Scheduler = new RandomScheduler(random);
        Time = new FakeTimeProvider(now);
    }

    public SimulatedDisk Disk => _files.Disk;

    public RandomScheduler Scheduler { get; }

    public FakeTimeProvider Time { get; }

    public LogStore? Store { get; private set; }

    /// <summary>The disk failed at least once in this life, so that errors are no surprise.</summary>
    public bool HadFaults { get; set; }

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public bool IsAlive => !Scheduler.IsStopped && _files.Disk.Life == _files.Life;

    /// <summary>Opens the store; null where that failed, with the reason.</summary>
    public Exception? Open(Func<TopicPartition, LogConfig> configOf)
    {
        var opening = Scheduler.Start(() => LogStore.OpenAsync(new LogStoreOptions
        {
            DataDirectory = "/data",
            Files = _files,
            Time = Time,
            Scheduler = Scheduler,
            LoggerFactory = NullLoggerFactory.Instance,
            Listener = this,
            ConfigOf = configOf,
            Cleaner = static () => s_cleaner,
            CheckpointIntervalMs = 3_000,
            RetentionCheckIntervalMs = 7_000,

            // Some stores have fewer partitions: both ways are taken.
            SyncTogetherPartitionsMin = 3,
        }));
        Scheduler.RunAll();
        if (!opening.IsCompleted)
            return IsAlive ? throw new SimulationFailure("The store opens for ever.") : new IOException("The process died while it opened.");
        if (opening.IsCompletedSuccessfully)
            Store = opening.Result;
        return opening.Exception?.InnerException;
    }

    /// <summary>It is closing: what is asked of it now may find it closed.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>Closes the store in peace.</summary>
    public void Close()
    {
        IsClosing = true;
        var closing = Scheduler.Start(async () =>
        {
            await Store!.DisposeAsync();
            return true;
        });
        Scheduler.RunAll();
        if (!closing.IsCompleted && IsAlive)
            throw new SimulationFailure("The store closes for ever.");
        if (closing.Exception is { } error && IsAlive)
            throw new SimulationFailure("Closing failed.", error);
        Scheduler.Stop();
    }

    public void End() => Scheduler.Stop();

    public void OnHighWatermarkAdvanced(IPartitionLog log)
    {
        if (IsAlive)
            _onAdvanced(log);
    }
}

using System.Collections.Concurrent;
using Chronik.Protocol;
using Chronik.Storage.Compaction;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Retention;
using Microsoft.Extensions.Logging;

namespace Chronik.Storage;

/// <summary>What happens to logs beside the traffic: checkpoints, retention, expiry of producers.</summary>
internal sealed class StoreMaintenance(
    LogStoreOptions options, ConcurrentDictionary<TopicPartition, PartitionLog> logs, StoreCheckpoints checkpoints, DiskSpace disk,
    DeletedFiles deleted, CheckpointSync? together, ILogger logger) : IAsyncDisposable
{
    /// <summary>How often a partition whose disk failed tries to write again.</summary>
    private const long ReopenIntervalMs = 5_000;

    /// <summary>How often is looked whether a crash now would leave too much to read.</summary>
    private const long BoundIntervalMs = 1_000;

    private const int BoundsSkippedAfterFailure = 60;

    /// <summary>A log with more bytes behind its recovery point gets a checkpoint before its time.</summary>
    private const long UnrecoveredLogBytesMax = 32L << 20;

    /// <summary>With more in all logs together, those with the most get one: a start after a crash reads no more than this and what came last.</summary>
    private const long UnrecoveredBytesMax = 256L << 20;

    // Disposing a timer ends its loop.
    private readonly PeriodicTimer _checkpointTimer = new(TimeSpan.FromMilliseconds(options.CheckpointIntervalMs), options.Time);
    private readonly PeriodicTimer _retentionTimer = new(TimeSpan.FromMilliseconds(options.RetentionCheckIntervalMs), options.Time);
    private readonly PeriodicTimer _reopenTimer = new(TimeSpan.FromMilliseconds(ReopenIntervalMs), options.Time);
    private readonly PeriodicTimer _boundTimer = new(TimeSpan.FromMilliseconds(BoundIntervalMs), options.Time);
    private readonly SemaphoreSlim _checkpointing = new(1);
    private Task _running = Task.CompletedTask;
    private LogCleaner? _cleaner;
    private int _isCheckpointAsked;
    private int _boundsToSkip;
    private bool _isDisposed;

    public void Start()
    {
        _running = Task.WhenAll(
            Loop(_reopenTimer, ReopenAsync),
            Loop(_checkpointTimer, CheckpointAsync),
            Loop(_boundTimer, BoundRecoveryAsync),
            Loop(_retentionTimer, CleanAsync));
        _cleaner = new LogCleaner(options, logs, checkpoints, CheckpointAsync, logger);
        _cleaner.Start();
    }

    /// <summary>Leaves a partition alone: its log is deleted.</summary>
    public Task ForgetAsync(TopicPartition partition) => _cleaner?.ForgetAsync(partition) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _reopenTimer.Dispose();
        _boundTimer.Dispose();
        _checkpointTimer.Dispose();
        _retentionTimer.Dispose();
        if (_cleaner is not null)
            await _cleaner.DisposeAsync();
        await _running;
        await _checkpointing.WaitAsync();
        _isDisposed = true;
        _checkpointing.Release();
    }

    /// <summary>Makes a checkpoint before its time: files that hold unsynced bytes cannot be closed.</summary>
    public void CheckpointSoon()
    {
        if (Interlocked.Exchange(ref _isCheckpointAsked, 1) == 0)
            _ = Task.Factory.StartNew(CheckpointNowAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, options.Scheduler);
    }

    private Task CheckpointNowAsync()
    {
        Volatile.Write(ref _isCheckpointAsked, 0);
        return TryAsync(options.DataDirectory, CheckpointAsync);
    }

    private Task Loop(PeriodicTimer timer, Func<Task> work) => Task.Factory.StartNew(
        () => RunAsync(timer, work),
        CancellationToken.None, TaskCreationOptions.DenyChildAttach, options.Scheduler).Unwrap();

    private async Task RunAsync(PeriodicTimer timer, Func<Task> work)
    {
        while (await timer.WaitForNextTickAsync())
            await TryAsync(options.DataDirectory, work);
    }

    private async Task ReopenAsync()
    {
        deleted.DeleteDue();
        foreach (var log in logs.InOrder())
        {
            await TryAsync(log.TopicPartition.ToString(), () =>
            {
                log.TryReopen();
                return Task.CompletedTask;
            });
        }
    }

    private Task CheckpointAsync() => CheckpointAllAsync(logs.InOrder());

    // The largest first, until what is left is little.
    private async Task BoundRecoveryAsync()
    {
        if (_boundsToSkip-- > 0)
            return;
        var total = 0L;
        var largest = 0L;
        foreach (var (_, log) in logs)
        {
            var bytes = log.UnrecoveredBytes;
            total += bytes;
            largest = Math.Max(largest, bytes);
        }

        if (largest <= UnrecoveredLogBytesMax && total <= UnrecoveredBytesMax)
            return;
        var chosen = new List<PartitionLog>();
        foreach (var log in logs.InOrder().OrderByDescending(static log => log.UnrecoveredBytes))
        {
            if (log.UnrecoveredBytes <= UnrecoveredLogBytesMax && total <= UnrecoveredBytesMax / 2)
                break;
            total -= log.UnrecoveredBytes;
            chosen.Add(log);
        }

        var before = chosen[0].RecoveryPoint;
        await CheckpointAllAsync(chosen);

        // A disk that does not take it is not asked each second.
        _boundsToSkip = chosen[0].RecoveryPoint == before ? BoundsSkippedAfterFailure : 0;
    }

    private async Task CheckpointAllAsync(IEnumerable<PartitionLog> chosen)
    {
        await _checkpointing.WaitAsync();
        try
        {
            if (_isDisposed)
                return;
            await CheckpointSync.EachAsync(together, chosen, (log, sync) =>
                TryAsync(log.TopicPartition.ToString(), async () => await log.CheckpointAsync(sync)));
            await checkpoints.SaveAsync();
            (options.Files as OpenFiles)?.Trim();
        }
        finally
        {
            _checkpointing.Release();
        }
    }

    // Recovery after a crash looks at nothing that the log holds now.
    private async Task CheckpointAsync(PartitionLog log)
    {
        await _checkpointing.WaitAsync();
        try
        {
            await log.CheckpointAsync();
            await checkpoints.SaveAsync();
        }
        finally
        {
            _checkpointing.Release();
        }
    }

    private async Task CleanAsync()
    {
        foreach (var log in logs.InOrder())
        {
            await TryAsync(log.TopicPartition.ToString(), () =>
            {
                log.ApplyRetention();
                log.RemoveExpiredProducers();
                return Task.CompletedTask;
            });
        }

        await checkpoints.SaveLogStartsAsync();
        foreach (var log in logs.InOrder())
            await TryAsync(log.TopicPartition.ToString(), async () => await log.DeleteDoomedAsync());
    }

    private async Task TryAsync(string subject, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception error) // Whatever one partition met: the others are still looked after, now and the next time.
        {
            if (error is not IOException failure || !disk.WasFull(failure))
                logger.MaintenanceFailed(subject, error);
        }
    }
}

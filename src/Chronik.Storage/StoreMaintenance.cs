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

    // Disposing a timer ends its loop.
    private readonly PeriodicTimer _checkpointTimer = new(TimeSpan.FromMilliseconds(options.CheckpointIntervalMs), options.Time);
    private readonly PeriodicTimer _retentionTimer = new(TimeSpan.FromMilliseconds(options.RetentionCheckIntervalMs), options.Time);
    private readonly PeriodicTimer _reopenTimer = new(TimeSpan.FromMilliseconds(ReopenIntervalMs), options.Time);
    private readonly SemaphoreSlim _checkpointing = new(1);
    private Task _running = Task.CompletedTask;
    private LogCleaner? _cleaner;
    private int _isCheckpointAsked;
    private bool _isDisposed;

    public void Start()
    {
        _running = Task.WhenAll(
            Loop(_reopenTimer, ReopenAsync),
            Loop(_checkpointTimer, CheckpointAsync),
            Loop(_retentionTimer, CleanAsync));
        _cleaner = new LogCleaner(options, logs, checkpoints, CheckpointAsync, logger);
        _cleaner.Start();
    }

    /// <summary>Leaves a partition alone: its log is deleted.</summary>
    public Task ForgetAsync(TopicPartition partition) => _cleaner?.ForgetAsync(partition) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _reopenTimer.Dispose();
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

    private async Task CheckpointAsync()
    {
        await _checkpointing.WaitAsync();
        try
        {
            if (_isDisposed)
                return;
            await CheckpointSync.EachAsync(together, logs.InOrder(), (log, sync) =>
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

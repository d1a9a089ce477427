using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage;

/// <summary>
/// Makes what many checkpoints wrote durable with one sync of the file system: who asks while a sync runs is covered by the
/// next one. Thousands of partitions then stop in seconds, not in one fsync of each file after the other.
/// </summary>
internal sealed class CheckpointSync(IFileSystemSync fileSystem, TaskScheduler scheduler) : IDisposable
{
    /// <summary>For fewer partitions their own files are synced: that waits for nobody else's bytes.</summary>
    public const int PartitionsMin = 16;

    /// <summary>So many are under way at a time.</summary>
    public const int PartitionsAtOnce = 512;

    private readonly Lock _lock = new();
    private List<TaskCompletionSource<bool>> _waiting = [];
    private bool _isRunning;

    /// <summary>True once everything that was written before is durable; false if it is not known to be.</summary>
    public Task<bool> SyncAsync()
    {
        var waiter = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add(waiter);
            if (_isRunning)
                return waiter.Task;
            _isRunning = true;
        }

        _ = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        return waiter.Task;
    }

    /// <summary>Does a work for each of the logs, many at a time where they share their syncs.</summary>
    public static async Task EachAsync(CheckpointSync? sync, IEnumerable<PartitionLog> logs, Func<PartitionLog, CheckpointSync?, Task> work)
    {
        // Those that have nothing new cost nothing, and do not count.
        var (idle, busy) = (new List<PartitionLog>(), new List<PartitionLog>());
        foreach (var log in logs)
            (log.RecoveryPoint == log.LogEndOffset ? idle : busy).Add(log);
        foreach (var log in idle)
            await work(log, null);
        if (sync is not null && busy.Count >= PartitionsMin)
        {
            foreach (var together in busy.Chunk(PartitionsAtOnce))
                await Task.WhenAll(together.Select(log => work(log, sync)));
            return;
        }

        foreach (var log in busy)
            await work(log, null);
    }

    public void Dispose() => fileSystem.Dispose();

    private void Run()
    {
        while (Take() is { } waiting)
        {
            var isSynced = TrySync();
            foreach (var waiter in waiting)
                waiter.SetResult(isSynced);
        }
    }

    private List<TaskCompletionSource<bool>>? Take()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                _isRunning = false;
                return null;
            }

            var waiting = _waiting;
            _waiting = [];
            return waiting;
        }
    }

    private bool TrySync()
    {
        try
        {
            fileSystem.Sync();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}

using System.Collections.Concurrent;
using Chronik.Protocol;
using Chronik.Storage.Log;
using Chronik.Storage.Recovery;
using Microsoft.Extensions.Logging;

namespace Chronik.Storage.Compaction;

/// <summary>
/// Compacts the logs of a store: the dirtiest first, as many at once as there are threads for. A log that cannot be compacted
/// is left alone and told of; the others go on.
/// </summary>
internal sealed class LogCleaner : IAsyncDisposable
{
    /// <summary>How long a log is left alone that the disk failed.</summary>
    private const long RetryMs = 60_000;

    private readonly LogStoreOptions _options;
    private readonly ConcurrentDictionary<TopicPartition, PartitionLog> _logs;
    private readonly StoreCheckpoints _checkpoints;
    private readonly Func<PartitionLog, Task> _checkpoint;
    private readonly ILogger _logger;
    private readonly Random _random;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<TopicPartition, long> _cleanOffsets;
    private Task _running = Task.CompletedTask;

    // Both guarded by the lock.
    private readonly Lock _lock = new();
    private readonly Dictionary<TopicPartition, (Task Pass, CancellationTokenSource Stopping)> _passes = [];
    private readonly Dictionary<PartitionLog, long> _leftAloneUntilMs = [];

    public LogCleaner(
        LogStoreOptions options,
        ConcurrentDictionary<TopicPartition, PartitionLog> logs,
        StoreCheckpoints checkpoints,
        Func<PartitionLog, Task> checkpoint,
        ILogger logger)
    {
        _checkpoint = checkpoint;
        _options = options;
        _logs = logs;
        _checkpoints = checkpoints;
        _logger = logger;
        _random = options.Random ?? new Random(0);
        _cleanOffsets = new ConcurrentDictionary<TopicPartition, long>(checkpoints.Cleaned);
    }

    private long NowMs => _options.Time.GetUtcNow().ToUnixTimeMilliseconds();

    public void Start()
    {
        foreach (var (partition, offset) in _cleanOffsets)
        {
            // That it was compacted once stays known, for what that took is no damage: also of a log that cannot be opened now, or that lost
            // its end to a power cut (flush=os). What comes in the place of that end is not clean.
            if (_logs.TryGetValue(partition, out var log))
                _cleanOffsets[partition] = Math.Min(offset, log.LogEndOffset);
            else if (!_checkpoints.IsKept(partition))
                _cleanOffsets.TryRemove(partition, out _);
        }

        _running = Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _options.Scheduler).Unwrap();
    }

    /// <summary>Ends what is under way for a partition, for good: its log is deleted.</summary>
    public async Task ForgetAsync(TopicPartition partition)
    {
        Task? pass = null;
        lock (_lock)
        {
            if (_passes.TryGetValue(partition, out var running))
            {
                Cancel(running.Stopping);
                pass = running.Pass;
            }
        }

        if (pass is not null)
            await pass;

        // A new topic of this name must not be taken for compacted up to there.
        if (!_cleanOffsets.TryRemove(partition, out _))
            return;
        await TrySaveAsync(partition.ToString());
    }

    private async Task TrySaveAsync(string subject)
    {
        try
        {
            await _checkpoints.SaveCleanedAsync(_cleanOffsets);
        }
        catch (IOException error)
        {
            _logger.MaintenanceFailed(subject, error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cancel(_stopping);
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        if (_checkpoints.Cleaned.Any(found => !_cleanOffsets.TryGetValue(found.Key, out var offset) || offset != found.Value))
            await TrySaveAsync(OffsetCheckpoint.CleanerFile);
        while (!_stopping.IsCancellationRequested)
        {
            var config = _options.Cleaner();
            while (config.IsEnabled && PassCount() < config.Threads && TryTakeDirtiest(config))
            {
            }

            Task[] passes;
            lock (_lock)
                passes = [.. _passes.Values.Select(static running => running.Pass)];
            await WaitAsync(config.BackoffMs / 1000.0, passes, _stopping.Token);
        }

        Task[] last;
        lock (_lock)
            last = [.. _passes.Values.Select(static running => running.Pass)];
        await Task.WhenAll(last);
    }

    // Task.Delay ends on a thread of its own when it is cancelled: a test's scheduler could not tell when.
    private async Task WaitAsync(double seconds, Task[] passes, CancellationToken stopping)
    {
        const double SecondsMax = 3600;
        var woken = new TaskCompletionSource();
        await using var timer = _options.Time.CreateTimer(
            static state => ((TaskCompletionSource)state!).TrySetResult(), woken, TimeSpan.FromSeconds(Math.Min(seconds, SecondsMax)), Timeout.InfiniteTimeSpan);
        await using var registration = stopping.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), woken);
        await Task.WhenAny([woken.Task, .. passes]);
    }

    // CancelAsync would go round the scheduler.
    private static void Cancel(CancellationTokenSource source) => source.Cancel();

    private int PassCount()
    {
        lock (_lock)
            return _passes.Count;
    }

    private bool TryTakeDirtiest(CleanerConfig config)
    {
        lock (_lock)
        {
            var nowMs = NowMs;
            foreach (var log in _leftAloneUntilMs.Keys.Where(log => !IsCurrent(log) || _leftAloneUntilMs[log] <= nowMs).ToList())
                _leftAloneUntilMs.Remove(log);
            var dirtiest = _logs.InOrder()
                .Where(log => log.HasConfig && log.Config.IsCompacted && !_passes.ContainsKey(log.TopicPartition) && !_leftAloneUntilMs.ContainsKey(log))
                .Select(log => CleanableLog.Measure(log, _cleanOffsets.TryGetValue(log.TopicPartition, out var offset) ? offset : null, nowMs))
                .Where(static log => log.IsDue)
                .MaxBy(static log => log.Ratio);
            if (dirtiest is null || !IsCurrent(dirtiest.Log) || !dirtiest.Log.TryBeginCleaning())
                return false;
            var stopping = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            var pass = Task.Factory.StartNew(
                () => RunPassAsync(dirtiest, config, stopping.Token), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _options.Scheduler).Unwrap();
            _passes.Add(dirtiest.Log.TopicPartition, (pass, stopping));
            return true;
        }
    }

    private bool IsCurrent(PartitionLog log) => _logs.TryGetValue(log.TopicPartition, out var current) && ReferenceEquals(current, log);

    private async Task RunPassAsync(CleanableLog target, CleanerConfig config, CancellationToken stopping)
    {
        var log = target.Log;
        try
        {
            await CompactAsync(target, config, stopping);
        }
        catch (OperationCanceledException)
        {
            LeaveAlone(log, NowMs + config.BackoffMs);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            _logger.CompactionFailed(log.TopicPartition, error);
            LeaveAlone(log, NowMs + RetryMs);
        }
        catch (Exception error)
        {
            _logger.LogUncleanable(log.TopicPartition, error);
            LeaveAlone(log, long.MaxValue);
        }
        finally
        {
            log.EndCleaning();
            lock (_lock)
            {
                _passes.Remove(log.TopicPartition, out var running);
                running.Stopping.Dispose();
            }
        }

        await ApplyRetentionAsync(log);
    }

    // While it was compacted nothing of it was deleted.
    private async Task ApplyRetentionAsync(PartitionLog log)
    {
        try
        {
            if (log.ApplyRetention())
                await _checkpoints.SaveLogStartsAsync();
        }
        catch (IOException error)
        {
            _logger.MaintenanceFailed(log.TopicPartition.ToString(), error);
        }
    }

    private void LeaveAlone(PartitionLog log, long untilMs)
    {
        lock (_lock)
            _leftAloneUntilMs[log] = untilMs;
    }

    private async Task CompactAsync(CleanableLog target, CleanerConfig config, CancellationToken stopping)
    {
        // What a crash would look at again must be as it was written: gaps there look like losses.
        var log = target.Log;
        await _checkpoint(log);
        stopping.ThrowIfCancellationRequested();
        var view = log.CurrentView;
        var uncleanable = view.Segments[view.SegmentOf(Math.Min(target.FirstUncleanableOffset, log.RecoveryPoint))].BaseOffset;
        if (uncleanable <= target.FirstDirtyOffset)
            throw new OperationCanceledException("Nothing of it is safe on the disk yet.");

        var started = _options.Time.GetTimestamp();
        using var pass = new CompactionPass(
            target with { FirstUncleanableOffset = uncleanable }, _options.Files, config, NewHash(), _options.DiskReserveBytes, NowMs);
        while (pass.Step())
        {
            if (pass.MayStop)
                stopping.ThrowIfCancellationRequested();
            await ThrottleAsync(pass, config, started, stopping);
        }

        if (pass.EndOffset == target.FirstDirtyOffset)
            throw new UncleanableException("Not one key fits into log.cleaner.dedupe.buffer.size.");
        _cleanOffsets[log.TopicPartition] = pass.EndOffset;
        await _checkpoints.SaveCleanedAsync(_cleanOffsets);
        Report(target, pass, _options.Time.GetElapsedTime(started).TotalSeconds);
    }

    private SipHash128 NewHash()
    {
        lock (_random)
            return new SipHash128((ulong)_random.NextInt64(), (ulong)_random.NextInt64());
    }

    private async ValueTask ThrottleAsync(CompactionPass pass, CleanerConfig config, long started, CancellationToken stopping)
    {
        var ahead = (pass.Stats.BytesMoved / config.IoBytesPerSecondMax) - _options.Time.GetElapsedTime(started).TotalSeconds;
        if (ahead > 0.001 && pass.MayStop)
            await WaitAsync(ahead, [], stopping);
        else
            await Task.Yield();
    }

    private void Report(CleanableLog target, CompactionPass pass, double seconds)
    {
        const double MegaByte = 1 << 20;
        var stats = pass.Stats;
        _logger.Compacted(
            target.Log.TopicPartition, target.FirstDirtyOffset, pass.EndOffset, stats.BytesRead / MegaByte, stats.BytesKept / MegaByte,
            stats.RecordsRead, stats.RecordsKept, seconds, pass.MapUtilization);
        if (stats.KeylessRecords > 0)
            _logger.KeylessRecordsDropped(target.Log.TopicPartition, stats.KeylessRecords);
    }
}

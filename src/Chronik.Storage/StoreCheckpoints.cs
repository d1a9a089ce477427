using System.Collections.Concurrent;
using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Recovery;
using Microsoft.Extensions.Logging;

namespace Chronik.Storage;

/// <summary>The files in which the data folder keeps an offset for each partition.</summary>
internal sealed class StoreCheckpoints(
    IFileSystem files, string directory, ConcurrentDictionary<TopicPartition, PartitionLog> logs, ILogger logger) : IDisposable
{
    private const string StartsLost = "logs that it names no more start with their first segment, so deleted records may show up again";
    private readonly SemaphoreSlim _writing = new(1);
    private readonly OffsetCheckpoint _recoveryPoints = new(files, $"{directory}/{OffsetCheckpoint.RecoveryPointFile}");
    private readonly OffsetCheckpoint _cleaned = new(files, $"{directory}/{OffsetCheckpoint.CleanerFile}");
    private readonly OffsetCheckpoint _logStarts = new(files, $"{directory}/{OffsetCheckpoint.LogStartFile}");

    // Of logs that could not be opened: when they can, they go on from here.
    private readonly ConcurrentDictionary<TopicPartition, (long RecoveryPoint, long LogStart)> _unopened = new();

    /// <summary>Up to where the last run had compacted each log.</summary>
    public IReadOnlyDictionary<TopicPartition, long> Cleaned { get; private set; } = new Dictionary<TopicPartition, long>();

    /// <summary>What the last run left. What of it cannot be believed is told, and missing.</summary>
    public (Dictionary<TopicPartition, long> RecoveryPoints, Dictionary<TopicPartition, long> LogStarts) Read()
    {
        var recoveryPoints = _recoveryPoints.Read();
        var logStarts = _logStarts.Read();
        var cleaned = _cleaned.Read();
        Tell(OffsetCheckpoint.RecoveryPointFile, recoveryPoints, "logs that it names no more are read from their first record on");
        Tell(OffsetCheckpoint.LogStartFile, logStarts, StartsLost);
        if (!logStarts.Exists && recoveryPoints.Offsets.Count > 0)
            logger.CheckpointDamaged(PathOf(OffsetCheckpoint.LogStartFile), "it is missing", StartsLost);
        Tell(OffsetCheckpoint.CleanerFile, cleaned, "logs that it names no more are compacted from their first record on");
        Cleaned = cleaned.Offsets;
        return (recoveryPoints.Offsets, logStarts.Offsets);
    }

    /// <summary>Keeps what the files say of a log that could not be opened.</summary>
    public void Keep(TopicPartition partition, long recoveryPoint, long logStart) => _unopened[partition] = (recoveryPoint, logStart);

    /// <summary>Whether it is a log that could not be opened.</summary>
    public bool IsKept(TopicPartition partition) => _unopened.ContainsKey(partition);

    public async Task SaveCleanedAsync(IEnumerable<KeyValuePair<TopicPartition, long>> cleaned)
    {
        await _writing.WaitAsync();
        try
        {
            _cleaned.Write(cleaned);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task SaveAsync()
    {
        await _writing.WaitAsync();
        try
        {
            // Where there are recovery points there are log starts, so that it is noticed if they are not.
            WriteLogStarts();
            WriteRecoveryPoints();
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task SaveLogStartsAsync()
    {
        await _writing.WaitAsync();
        try
        {
            WriteLogStarts();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Strikes out what the files say of a partition that is gone: one of its name that is made now must not inherit it.</summary>
    public async Task ForgetAsync(TopicPartition partition)
    {
        await _writing.WaitAsync();
        try
        {
            _unopened.TryRemove(partition, out _);
            if (_recoveryPoints.Read().Offsets.ContainsKey(partition))
                WriteRecoveryPoints();
            if (_logStarts.Read().Offsets.ContainsKey(partition))
                WriteLogStarts();
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    private string PathOf(string name) => $"{directory}/{name}";

    private void Tell(string name, CheckpointContent content, string consequence)
    {
        if (content.Problems.Count == 0)
            return;
        var more = content.Problems.Count > 1 ? $" (and {content.Problems.Count - 1} more)" : "";
        logger.CheckpointDamaged(PathOf(name), content.Problems[0] + more, content.IsComplete ? "nothing is lost by it" : consequence);
    }

    private void WriteRecoveryPoints() => _recoveryPoints.Write(logs.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value.RecoveryPoint))
        .Concat(_unopened.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value.RecoveryPoint))));

    private void WriteLogStarts()
    {
        var starts = logs.Select(static pair => (pair.Key, Log: pair.Value, Start: pair.Value.LogStartOffset)).Where(static log => log.Start > 0).ToList();
        _logStarts.Write(starts.Select(static log => KeyValuePair.Create(log.Key, log.Start))
            .Concat(_unopened.Where(static pair => pair.Value.LogStart > 0).Select(static pair => KeyValuePair.Create(pair.Key, pair.Value.LogStart))));
        foreach (var (_, log, start) in starts)
            log.OnStartSaved(start);
    }
}

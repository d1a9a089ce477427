using System.Collections.Concurrent;
using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Recovery;

namespace Chronik.Storage;

/// <summary>The files in which the data folder keeps an offset for each partition.</summary>
internal sealed class StoreCheckpoints(IFileSystem files, string directory, ConcurrentDictionary<TopicPartition, PartitionLog> logs) : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1);
    private readonly OffsetCheckpoint _recoveryPoints = new(files, $"{directory}/{OffsetCheckpoint.RecoveryPointFile}");
    private readonly OffsetCheckpoint _cleaned = new(files, $"{directory}/{OffsetCheckpoint.CleanerFile}");
    private readonly OffsetCheckpoint _logStarts = new(files, $"{directory}/{OffsetCheckpoint.LogStartFile}");

    public (Dictionary<TopicPartition, long> RecoveryPoints, Dictionary<TopicPartition, long> LogStarts) Read() =>
        (_recoveryPoints.Read(), _logStarts.Read());

    /// <summary>Up to where each log was compacted.</summary>
    public Dictionary<TopicPartition, long> ReadCleaned() => _cleaned.Read();

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
            WriteRecoveryPoints();
            WriteLogStarts();
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
            if (_recoveryPoints.Read().ContainsKey(partition))
                WriteRecoveryPoints();
            if (_logStarts.Read().ContainsKey(partition))
                WriteLogStarts();
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    private void WriteRecoveryPoints() => _recoveryPoints.Write(logs.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value.RecoveryPoint)));

    private void WriteLogStarts()
    {
        var starts = logs.Select(static pair => (pair.Key, Log: pair.Value, Start: pair.Value.LogStartOffset)).Where(static log => log.Start > 0).ToList();
        _logStarts.Write(starts.Select(static log => KeyValuePair.Create(log.Key, log.Start)));
        foreach (var (_, log, start) in starts)
            log.OnStartSaved(start);
    }
}

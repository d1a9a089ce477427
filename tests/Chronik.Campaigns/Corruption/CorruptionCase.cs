using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Verification;

namespace Chronik.Campaigns.Corruption;

/// <summary>One damaged store: opened, read at every offset, searched by time, appended to, and opened again.</summary>
internal sealed class CorruptionCase(StoreImage image, Mutation mutation, Random random) : IDisposable
{
    private const int AllocatedBytesMax = 64 << 20;

    private readonly EventCounter _events = new();
    private readonly List<string> _wrong = [];
    private readonly Dictionary<TopicPartition, PartitionDamage> _damage = [];
    private bool _wasAnswered;
    private bool _wasVerified;

    public CaseOutcome Run()
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        foreach (var partition in image.Partitions)
            _damage.Add(partition.Partition, new PartitionDamage(image, partition, mutation));
        try
        {
            Verify(image.Restore(mutation.Files));
            var memory = image.Restore(mutation.Files);
            Live(memory, isSecond: false);
            if (random.Next(3) == 0)
                Live(memory, isSecond: true);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _wrong.Add($"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault(static line => line.Contains("Chronik.Storage", StringComparison.Ordinal))?.Trim()}");
        }

        if (GC.GetAllocatedBytesForCurrentThread() - allocated > AllocatedBytesMax)
            _wrong.Add($"{(GC.GetAllocatedBytesForCurrentThread() - allocated) >> 20} MiB were allocated");
        var affected = _damage.Values.Sum(static damage => damage.AffectedCount);
        if (_damage.Values.Any(static damage => damage.MayStartEarlier) && _events.Lines.Count == 0)
            _wrong.Add("the log starts are damaged, and the log says nothing");
        if (_damage.Values.Any(static damage => damage.CanBeSeen) && _events.Lines.Count == 0 && _wrong.Count == 0)
            _wrong.Add("records are damaged, and the log says nothing");
        return new CaseOutcome(_wrong, affected, _wasAnswered, _events.Lines.Count > 0, _wasVerified);
    }

    public void Dispose() => _events.Dispose();

    private void Verify(InMemoryFileSystem memory)
    {
        var scheduler = new CaseScheduler();
        var report = scheduler.Run(() => StoreVerifier.VerifyAsync(new VerificationOptions
        {
            DataDirectory = StoreImage.DataDirectory,
            Files = memory,
            Scheduler = scheduler,
            Parallelism = 1,
            IsDeep = true,
        }));
        _wasVerified = report.HasDamage;
        if (!_wasVerified && _damage.Values.Any(static damage => damage.MayStartEarlier))
            _wrong.Add("verify: the damage to the log starts was not found");
        foreach (var damage in _damage.Values)
            _wrong.AddRange(damage.Judge(report.Findings));
    }

    private void Live(InMemoryFileSystem memory, bool isSecond)
    {
        var store = new CaseStore(memory, _events);
        store.Open();
        foreach (var partition in image.Partitions)
        {
            if (store.Store.TryGet(partition.Partition, out var log))
                new LogExamination(partition, _damage[partition.Partition], log, random, _wrong, isSecond) { OnCorrupt = () => _wasAnswered = true }.Run();
            else
                _wrong.Add($"{partition.Partition} was not opened: {string.Join(" | ", _events.Lines)}");
        }

        foreach (var partition in image.Partitions)
        {
            if (store.Store.TryGet(partition.Partition, out var log))
                Append(store, log, _damage[partition.Partition]);
        }

        store.Close();
    }

    private void Append(CaseStore store, IPartitionLog log, PartitionDamage damage)
    {
        using var builder = new RecordBatchBuilder();
        builder.Add(9_000_000, null, new byte[20]);
        var batch = builder.ToArray();
        var result = log.Append(batch, AppendOrigin.Client);
        if (result.Error != ErrorCode.None)
        {
            _wrong.Add($"{log.TopicPartition}: an append got {result.Error}");
            return;
        }

        if (result.BaseOffset < damage.LowestEnd)
            _wrong.Add($"{log.TopicPartition}: offset {result.BaseOffset} was given out again; the log ended at {damage.LowestEnd} at least");
        var wait = log.WhenDurable(result.LastOffset + 1).AsTask();
        store.Scheduler.RunAll();
        if (!wait.IsCompletedSuccessfully || wait.Result != ErrorCode.None)
            _wrong.Add($"{log.TopicPartition}: an append did not become durable");
        var read = log.Read(result.BaseOffset, 1 << 20, ReadBound.HighWatermark, atLeastOneBatch: true);
        if (read.Error != ErrorCode.None || !read.Records.TakeBytes().AsSpan().SequenceEqual(batch))
            _wrong.Add($"{log.TopicPartition}: what was appended at {result.BaseOffset} reads as {read.Error}, {read.Records.Length} bytes");
    }
}

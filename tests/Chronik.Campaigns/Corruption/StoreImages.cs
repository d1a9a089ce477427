using System.Text;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Campaigns.Corruption;

/// <summary>
/// Makes stores to be damaged: two partitions of several segments each, plain, compressed, idempotent and transactional batches,
/// batches within records, and a compacted one; a checkpoint in the middle; ended in each of three ways.
/// </summary>
internal static class StoreImages
{
    private const int BatchesOfPartition = 34;

    private const int CompactedBatches = 120;

    // Which of the partitions.
    private const int Trimmed = 1;
    private const int Compacted = 2;

    // No transaction is open there, and some segments lie before it.
    private const int DeletedBatches = 16;
    private const long Transactional = 77;
    private const long Idempotent = 88;

    public static StoreImage Make(int seed, ImageEnding ending)
    {
        using var logs = new EventCounter();
        var store = new CaseStore(new InMemoryFileSystem(), logs);
        store.Open();
        var random = new Random(seed);
        var partitions = new[] { new TopicPartition("t", 0), new TopicPartition("t", 1), new TopicPartition(CaseStore.CompactedTopic, 0) };
        var written = partitions.Take(Compacted).Select(static _ => new List<byte[]>()).ToArray();
        var topic = TopicId.Create(random);
        for (var p = 0; p < Compacted; p++)
        {
            var log = store.Create(partitions[p], topic);
            for (var i = 0; i < BatchesOfPartition; i++)
            {
                Append(log, random, i, written[p]);
                store.Scheduler.RunAll();
            }
        }

        var trimmed = Trim(store, partitions[Trimmed], written[Trimmed]);
        Compact(store, store.Create(partitions[Compacted], TopicId.Create(random)), random);
        var recoveryPoints = partitions.Select(_ => 0L).ToArray();
        if (ending != ImageEnding.Closed)
        {
            // The checkpoint, and more behind it.
            store.Time.Advance(TimeSpan.FromMinutes(1));
            store.Scheduler.RunAll();
            for (var p = 0; p < partitions.Length; p++)
            {
                store.Store.TryGet(partitions[p], out var log);
                recoveryPoints[p] = log!.LogEndOffset;
                for (var i = 0; i < BatchesOfPartition / 4; i++)
                {
                    if (p == Compacted)
                        AppendKeyed(log, random, CompactedBatches + i);
                    else
                        Append(log, random, BatchesOfPartition + i, written[p]);
                    store.Scheduler.RunAll();
                }
            }
        }
        else
        {
            for (var p = 0; p < partitions.Length; p++)
                recoveryPoints[p] = store.Store.TryGet(partitions[p], out var log) ? log.LogEndOffset : 0;
            store.Close();
        }

        var files = ReadAll(store.Memory);
        return new StoreImage(ending, files, [.. partitions.Select((partition, p) => new ImagePartition(
            partition, p == Trimmed ? trimmed : 0, recoveryPoints[p], Locate(partition, files, p == Compacted ? null : written[p])))]);
    }

    // What compaction left is right; some more follows it.
    private static void Compact(CaseStore store, IPartitionLog log, Random random)
    {
        for (var i = 0; i < CompactedBatches; i++)
        {
            AppendKeyed(log, random, i);
            store.Scheduler.RunAll();
            if (i != CompactedBatches - (BatchesOfPartition / 4))
                continue;
            store.Compacts = true;
            store.Time.Advance(TimeSpan.FromMinutes(1));
            store.Scheduler.RunAll();
            store.Compacts = false;
            store.Time.Advance(TimeSpan.FromMinutes(1));
            store.Scheduler.RunAll();
        }
    }

    private static void AppendKeyed(IPartitionLog log, Random random, int index)
    {
        using var builder = new RecordBatchBuilder();
        var count = random.Next(1, 4);
        for (var i = 0; i < count; i++)
        {
            var value = new byte[random.Next(0, 200)];
            random.NextBytes(value);
            builder.Add(1_000_000 + (100L * index) + i, Encoding.UTF8.GetBytes($"k{random.Next(60)}"), value);
        }

        if (log.Append(builder.ToArray(), AppendOrigin.Client) is { Error: not ErrorCode.None } refused)
            throw new InvalidOperationException($"Batch {index}: {refused.Error} {refused.ErrorMessage}");
    }

    // DeleteRecords, so that there is a log start to be damaged.
    private static long Trim(CaseStore store, TopicPartition partition, List<byte[]> written)
    {
        store.Store.TryGet(partition, out var log);
        return store.Scheduler.Run(() => log!.TrimAsync(new RecordBatchView(written[DeletedBatches]).BaseOffset).AsTask());
    }

    private static void Append(IPartitionLog log, Random random, int index, List<byte[]> written)
    {
        var batch = Batch(random, index);
        var isMarker = new RecordBatchView(batch).IsControl;
        var result = log.Append(batch, isMarker ? AppendOrigin.Coordinator : AppendOrigin.Client);
        if (result.Error != ErrorCode.None)
            throw new InvalidOperationException($"Batch {index}: {result.Error} {result.ErrorMessage}");
        written.Add(batch);
    }

    private static byte[] Batch(Random random, int index)
    {
        var timestamp = 1_000_000 + (100L * index);
        if (index % 8 == 5)
            return RecordBatchBuilder.Marker(index % 16 == 5 ? ControlRecordType.Abort : ControlRecordType.Commit, Transactional, 0, 0, timestamp);
        using var builder = index % 8 == 3
            ? new RecordBatchBuilder { ProducerId = Transactional, ProducerEpoch = 0, BaseSequence = index / 8, IsTransactional = true }
            : index % 8 == 6
                ? new RecordBatchBuilder { ProducerId = Idempotent, ProducerEpoch = 0, BaseSequence = index / 8 }
                : new RecordBatchBuilder { Compression = index % 8 == 1 ? CompressionCodec.Gzip : CompressionCodec.None };
        var count = index % 8 is 3 or 6 ? 1 : index % 13 == 7 ? 1 : random.Next(1, 5);
        for (var i = 0; i < count; i++)
            builder.Add(timestamp + i, Encoding.UTF8.GetBytes($"k{random.Next(10)}"), Value(random, index, count));
        return builder.ToArray();
    }

    private static byte[] Value(Random random, int index, int count)
    {
        if (index % 11 == 4)
        {
            // A record of a mirror: a whole batch, with a checksum that is right and an offset that may fit.
            using var inner = new RecordBatchBuilder { BaseOffset = random.Next(40, 90), PartitionLeaderEpoch = 0 };
            inner.Add(1, null, new byte[random.Next(1, 60)]);
            return inner.ToArray();
        }

        var value = new byte[index % 13 == 7 && count == 1 ? 2500 : random.Next(0, 300)];
        random.NextBytes(value);
        return value;
    }

    private static Dictionary<string, byte[]> ReadAll(InMemoryFileSystem memory)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var directory in memory.ListDirectories(StoreImage.DataDirectory).Select(static name => $"{StoreImage.DataDirectory}/{name}").Prepend(StoreImage.DataDirectory))
        {
            foreach (var name in memory.ListFiles(directory))
            {
                using var file = memory.Open($"{directory}/{name}", FileOpenKind.Read);
                var bytes = new byte[file.Length];
                file.Read(bytes, 0);
                files.Add($"{directory}/{name}", bytes);
            }
        }

        return files;
    }

    private static List<ImageBatch> Locate(TopicPartition partition, Dictionary<string, byte[]> files, List<byte[]>? written)
    {
        var batches = new List<ImageBatch>();
        foreach (var (path, bytes) in files.Where(file => file.Key.StartsWith($"{StoreImage.DataDirectory}/{partition}/", StringComparison.Ordinal)
            && file.Key.EndsWith(".log", StringComparison.Ordinal)).OrderBy(static file => file.Key, StringComparer.Ordinal))
        {
            for (var at = 0; at < bytes.Length; at += batches[^1].Bytes.Length)
            {
                var view = new RecordBatchView(bytes.AsSpan(at));
                var batch = bytes[at..(at + view.SizeInBytes)];
                var first = view.BaseOffset;
                if (batches.Count == 0)
                    written?.RemoveRange(0, written.FindIndex(deleted => new RecordBatchView(deleted).BaseOffset == first));
                if (written is not null && !batch.AsSpan().SequenceEqual(written[batches.Count]))
                    throw new InvalidOperationException($"{path}: batch {batches.Count} is not what was appended.");
                batches.Add(new ImageBatch(
                    path, at, view.BaseOffset, view.NextOffset, view.BaseTimestamp, view.IsTransactional ? view.ProducerId : -1, view.IsControl, batch)
                {
                    IsEmpty = view.RecordCount == 0,
                });
            }
        }

        if (written is not null && batches.Count != written.Count)
            throw new InvalidOperationException($"{partition} has {batches.Count} batches, {written.Count} were appended.");
        MarkAborted(batches);
        return batches;
    }

    private static void MarkAborted(List<ImageBatch> batches)
    {
        var open = new List<ImageBatch>();
        foreach (var batch in batches.Where(static batch => batch.ProducerId >= 0))
        {
            if (!batch.IsControl)
            {
                open.Add(batch);
                continue;
            }

            foreach (var member in open)
                member.IsAborted = IsAbort(batch);
            open.Clear();
        }
    }

    // The type stands in the last two bytes of the marker's key, in front of which are eight bytes of lengths and deltas.
    private static bool IsAbort(ImageBatch marker)
    {
        foreach (var record in new RecordBatchReader(new RecordBatchView(marker.Bytes)))
            return record.Key[3] == (byte)ControlRecordType.Abort;
        return false;
    }
}

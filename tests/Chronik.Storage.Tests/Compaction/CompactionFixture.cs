using System.Globalization;
using System.Text;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Tests.Compaction;

/// <summary>A compacted log in memory, small segments, and the tools to look at what compaction left.</summary>
internal sealed class CompactionFixture
{
    public const string Directory = "/data/t-0";

    public static readonly LogConfig CompactConfig = new()
    {
        SegmentBytesMax = 600,
        IndexIntervalBytes = 100,
        RetentionMs = -1,
        IsCompacted = true,
        MinCleanableDirtyRatio = 0,
        FileDeleteDelayMs = 0,
    };

    public StoreFixture Store { get; } = new() { Config = CompactConfig };

    public IPartitionLog Log { get; private set; } = null!;

    public IPartitionLog Open() => Log = Store.OpenLog();

    public IPartitionLog Continue(IPartitionLog log) => Log = log;

    public void Commit() => Store.Scheduler.RunAll();

    /// <summary>Lets the clock pass the cleaner's backoff, and all that is due happen.</summary>
    public void Compact()
    {
        Commit();
        Store.Time.Advance(TimeSpan.FromMilliseconds(Store.Cleaner.BackoffMs));
        Commit();
    }

    /// <summary>Begins a new segment, so that all before can be compacted.</summary>
    public void Roll()
    {
        var size = Log.SegmentBaseOffsets().Count;
        for (var i = 0; Log.SegmentBaseOffsets().Count == size || Log.SegmentBaseOffsets()[^1] != Log.LogEndOffset - 1; i++)
        {
            Assert.True(i < 100);
            Put("filler", new string('f', 200));
        }

        Commit();
    }

    public void Put(params string?[] keysAndValues) => Log.AppendOk(Batch(keysAndValues));

    public static byte[] Batch(params string?[] keysAndValues) => Batch(CompressionCodec.None, keysAndValues);

    public static byte[] Batch(CompressionCodec codec, params string?[] keysAndValues)
    {
        using var builder = new RecordBatchBuilder { Compression = codec };
        Fill(builder, keysAndValues);
        return builder.ToArray();
    }

    public static byte[] Idempotent(long producerId, short epoch, int sequence, bool isTransactional, params string?[] keysAndValues)
    {
        using var builder = new RecordBatchBuilder
        {
            ProducerId = producerId,
            ProducerEpoch = epoch,
            BaseSequence = sequence,
            IsTransactional = isTransactional,
        };
        Fill(builder, keysAndValues);
        return builder.ToArray();
    }

    /// <summary>All batches, as they lie in the files.</summary>
    public List<byte[]> RawBatches()
    {
        var batches = new List<byte[]>();
        foreach (var name in Files().Where(static name => name.EndsWith(".log", StringComparison.Ordinal)))
        {
            var rest = AtomicFile.Read(Store.Memory, $"{Directory}/{name}").AsSpan();
            for (; RecordBatchView.TryRead(rest, out var batch); rest = rest[batch.SizeInBytes..])
                batches.Add(batch.Bytes.ToArray());
        }

        return batches;
    }

    // What is read again and again from the start; no answer is without records while some follow.
    private List<byte[]> ReadBatches()
    {
        var batches = new List<byte[]>();
        var isAtEnd = false;
        for (var offset = Log.LogStartOffset; offset < Log.HighWatermark;)
        {
            var read = Log.Read(offset, 1 << 20, ReadBound.HighWatermark, atLeastOneBatch: true);
            Assert.Equal(ErrorCode.None, read.Error);
            var rest = read.Records.TakeBytes().AsSpan();
            Assert.True(rest.Length > 0, $"Nothing can be read at {offset}.");
            Assert.False(isAtEnd, "An answer without records was not the last.");
            isAtEnd = RecordBatchView.TryRead(rest, out var first) && first.RecordCount == 0;
            while (RecordBatchView.TryRead(rest, out var batch))
            {
                Assert.True(batch.IsCrcValid);
                Assert.True(batch.LastOffset >= offset, "A batch comes twice, or out of order.");
                batches.Add(batch.Bytes.ToArray());
                offset = batch.NextOffset;
                rest = rest[batch.SizeInBytes..];
            }
        }

        return batches;
    }

    /// <summary>All records, as "offset key=value", a null value as "-"; markers as "offset commit 7".</summary>
    public List<string> Records()
    {
        var records = new List<string>();
        foreach (var bytes in ReadBatches())
        {
            var batch = new RecordBatchView(bytes);
            foreach (var record in new RecordBatchReader(batch))
                records.Add(Describe(batch, record));
        }

        return records;
    }

    public IReadOnlyList<string> Files() => Store.Memory.ListFiles(Directory);

    /// <summary>The checkpoint as Kafka reads it.</summary>
    public string? CleanerCheckpoint() =>
        AtomicFile.ReadText(Store.Memory, "/data/cleaner-offset-checkpoint") is { } text ? string.Concat(text.Split('\n').SkipLast(1).Select(static line => line.TrimEnd() + "\n")) : null;

    /// <summary>Holds each file of base offsets against its log, which must be there; how many there are.</summary>
    public int CheckBatchOffsets()
    {
        var bases = Files().Select(static name => SegmentFiles.TryParse(name, SegmentFiles.BatchOffsets, out var offset) ? offset : -1).Where(static offset => offset >= 0).ToList();
        foreach (var offset in bases)
        {
            var known = BatchOffsets.Beside(Store.Memory, Directory, offset);
            var log = AtomicFile.Read(Store.Memory, SegmentFiles.Path(Directory, offset, SegmentFiles.Log))!;
            for (var at = 0; RecordBatchView.TryRead(log.AsSpan(at), out var batch); at += batch.SizeInBytes)
                Assert.Equal(batch.BaseOffset, known.OffsetAt(at, batch.Crc));
            Assert.Null(known.Problem);
        }

        return bases.Count;
    }

    internal static string Describe(RecordBatchView batch, RecordView record)
    {
        var offset = record.Offset.ToString(CultureInfo.InvariantCulture);
        if (batch.IsControl)
            return $"{offset} {(record.Key[^1] == 0 ? "abort" : "commit")} {batch.ProducerId}";
        var key = record.IsKeyNull ? "null" : Encoding.UTF8.GetString(record.Key);
        return $"{offset} {key}={(record.IsValueNull ? "-" : Encoding.UTF8.GetString(record.Value))}";
    }

    private static void Fill(RecordBatchBuilder builder, string?[] keysAndValues)
    {
        for (var i = 0; i < keysAndValues.Length; i += 2)
            builder.Add(1000 + i, Bytes(keysAndValues[i]), Bytes(keysAndValues[i + 1]));
    }

    private static ReadOnlyMemory<byte>? Bytes(string? text) =>
        text is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(text);
}

namespace Chronik.Records.Tests;

public sealed class RecordBatchViewTests
{
    [Fact]
    public void A_buffer_is_walked_batch_by_batch_to_its_torn_end()
    {
        byte[] buffer = [.. new Forged { Count = 2 }.ToArray(), .. new Forged { Count = 3, Codec = CompressionCodec.Lz4 }.ToArray(), .. new Forged().ToArray()[..^1]];
        var counts = new List<int>();
        var rest = buffer.AsSpan();
        while (RecordBatchView.TryRead(rest, out var batch))
        {
            counts.Add(batch.RecordCount);
            rest = rest[batch.SizeInBytes..];
        }

        Assert.Equal([2, 3], counts);
        Assert.Equal(new Forged().ToArray().Length - 1, rest.Length);
    }

    [Fact]
    public void The_header_of_a_batch_is_enough_for_its_fields()
    {
        var header = new RecordBatchView(new Forged { Count = 4, ProducerId = 8, BaseSequence = 3 }.ToArray().AsSpan(0, RecordBatchHeader.SizeInBytes));
        Assert.Equal((4, 8L, 6, 4L), (header.RecordCount, header.ProducerId, header.LastSequence, header.NextOffset));
        Assert.Throws<ArgumentException>(() => new RecordBatchView(new byte[60]));
    }

    [Fact]
    public void Sequences_wrap_from_the_largest_to_zero()
    {
        var batch = new RecordBatchView(new Forged { Count = 3, ProducerId = 8, BaseSequence = int.MaxValue }.ToArray());
        Assert.Equal(1, batch.LastSequence);
        Assert.Equal(-1, new RecordBatchView(new Forged { Count = 3 }.ToArray()).LastSequence);
    }

    [Fact]
    public void Patching_offset_and_epoch_leaves_the_checksum_valid()
    {
        var bytes = new Forged().ToArray();
        RecordBatchHeader.SetBaseOffset(bytes, 1L << 50);
        RecordBatchHeader.SetPartitionLeaderEpoch(bytes, 12);
        var batch = new RecordBatchView(bytes);
        Assert.Equal((1L << 50, 12, true), (batch.BaseOffset, batch.PartitionLeaderEpoch, batch.IsCrcValid));
    }

    [Fact]
    public void A_builder_makes_one_batch_after_the_other()
    {
        using var builder = new RecordBatchBuilder();
        builder.Add(1, "k"u8.ToArray(), null);
        builder.Add(2, null, "v"u8.ToArray());
        Assert.Equal(["0@1 6b=null []", "1@2 null=76 []"], TestRecord.ReadBatch(builder.ToArray()).Select(record => record.ToString()));
        builder.Add(3, null, null);
        Assert.Equal(["0@3 null=null []"], TestRecord.ReadBatch(builder.ToArray()).Select(record => record.ToString()));
        Assert.Equal(0, new RecordBatchView(builder.ToArray()).RecordCount);
    }

    [Fact]
    public void A_record_can_be_copied_from_batch_to_batch()
    {
        var records = RandomRecords.Make(new Random(4), 70, gaps: true);
        using var source = new RecordBatchBuilder { Compression = CompressionCodec.Zstd };
        using var copy = new RecordBatchBuilder { BaseOffset = 70 };
        foreach (var record in records)
            record.AddTo(source);
        foreach (var record in new RecordBatchReader(new RecordBatchView(source.ToArray())))
            copy.Add(record);
        OracleBatchTests.AssertSame(records, TestRecord.ReadBatch(copy.ToArray()));
    }
}

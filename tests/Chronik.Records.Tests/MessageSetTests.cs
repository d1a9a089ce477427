using System.Buffers.Binary;
using Chronik.Protocol;

namespace Chronik.Records.Tests;

/// <summary>Message sets that clients of 0.8 to 0.10 produce, good and hostile.</summary>
public sealed class MessageSetTests
{
    private const long Now = Forged.Now;

    [Fact]
    public void Only_produce_below_3_takes_message_sets()
    {
        Assert.True(Validate(Set(1, Message("v"))).IsValid);
        Assert.Equal(ErrorCode.InvalidRecord, Validate(Set(1, Message("v")), version: 3).Error);
    }

    [Fact]
    public void Many_messages_become_one_batch()
    {
        using var verdict = Validate(Set(1, Message("a"), Message("b", key: "k"), Message(null)));
        var records = TestRecord.ReadBatch(verdict.Batches.Span);
        Assert.Equal([$"0@{Now} null=61 []", $"1@{Now} 6b=62 []", $"2@{Now} null=null []"], records.Select(record => record.ToString()));
    }

    [Fact]
    public void A_topics_codec_is_used_for_the_batch()
    {
        using var verdict = Validate(Set(0, Message("a")), new BatchRules { Compression = CompressionCodec.Zstd });
        Assert.Equal(CompressionCodec.Zstd, new RecordBatchView(verdict.Batches.Span).Compression);
        Assert.Equal(-1, Assert.Single(TestRecord.ReadBatch(verdict.Batches.Span)).Timestamp);
    }

    [Fact]
    public void Keys_and_timestamps_are_checked_as_in_batches()
    {
        var keys = Validate(Set(1, Message("a", key: "k"), Message("b")), new BatchRules { KeysRequired = true });
        Assert.Equal((ErrorCode.InvalidRecord, 1), (keys.Error, Assert.Single(keys.RecordErrors).BatchIndex));
        var timestamps = Validate(Set(1, Message("a") with { Timestamp = Now + 4_000_000 }));
        Assert.Equal((ErrorCode.InvalidTimestamp, 0), (timestamps.Error, Assert.Single(timestamps.RecordErrors).BatchIndex));
    }

    [Fact]
    public void A_damaged_message_is_corrupt()
    {
        var set = Set(1, Message("value"));
        set[^1] ^= 1;
        Assert.Equal(ErrorCode.CorruptMessage, Validate(set).Error);
    }

    [Fact]
    public void A_set_cut_at_any_byte_is_refused()
    {
        foreach (var magic in (byte[])[0, 1])
        {
            foreach (var set in (byte[][])[Set(magic, Message("a"), Message("b")), Wrapped(magic, CompressionCodec.Gzip, Set(magic, Message("a"), Message("b")))])
            {
                var second = LegacyMessage.Read(set).SizeInBytes;
                for (var length = 0; length < set.Length; length++)
                    Assert.Equal(length == second, Validate(set[..length]).IsValid);
            }
        }
    }

    [Fact]
    public void Any_byte_changed_is_an_answer_not_an_exception()
    {
        var random = new Random(11);
        foreach (var codec in (CompressionCodec[])[CompressionCodec.None, CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4])
        {
            foreach (var magic in (byte[])[0, 1])
            {
                var inner = Set(magic, Message("first"), Message("second"), Message("third"));
                for (var round = 0; round < 1000; round++)
                {
                    var set = codec == CompressionCodec.None ? inner.ToArray() : Wrapped(magic, codec, inner);
                    set[random.Next(set.Length)] = (byte)random.Next(256);
                    if (random.Next(2) == 0)
                        MendCrc(set);
                    using var verdict = Validate(set);
                    Assert.NotEqual(ErrorCode.UnknownServerError, verdict.Error);
                }
            }
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    public void Codecs_that_the_format_does_not_have_are_refused(int codec)
    {
        var set = Set(1, Message("v"));
        set[17] = (byte)codec;
        MendCrc(set);
        Assert.Equal(ErrorCode.UnsupportedCompressionType, Validate(set).Error);
    }

    [Fact]
    public void A_compressed_message_must_hold_plain_messages_of_its_own_format()
    {
        Assert.Equal(ErrorCode.InvalidRecord, Validate(Wrapped(1, CompressionCodec.Gzip, Wrapped(1, CompressionCodec.Gzip, Set(1, Message("a"))))).Error);
        Assert.Equal(ErrorCode.InvalidRecord, Validate(Wrapped(1, CompressionCodec.Gzip, Set(0, Message("a")))).Error);
        Assert.Equal(ErrorCode.InvalidRecord, Validate(Wrapped(1, CompressionCodec.Gzip, [])).Error);
        var nothing = Set(1, Message(null));
        nothing[17] = 1;
        MendCrc(nothing);
        Assert.Equal(ErrorCode.InvalidRecord, Validate(nothing).Error);
    }

    [Fact]
    public void A_compressed_message_must_be_the_only_one()
    {
        var wrapped = Wrapped(1, CompressionCodec.Gzip, Set(1, Message("a")));
        Assert.Equal(ErrorCode.InvalidRecord, Validate([.. wrapped, .. wrapped]).Error);
        Assert.Equal(ErrorCode.InvalidRecord, Validate([.. Set(1, Message("a")), .. wrapped]).Error);
    }

    [Fact]
    public void A_message_or_the_batch_it_becomes_can_be_too_large()
    {
        var rules = new BatchRules { MessageBytesMax = 200 };
        Assert.Equal(ErrorCode.MessageTooLarge, Validate(Set(1, Message(new string('x', 300))), rules).Error);
        Assert.Equal(ErrorCode.MessageTooLarge, Validate(Set(1, Message(new string('x', 100)), Message(new string('x', 100))), rules).Error);
    }

    [Fact]
    public void Offsets_within_a_compressed_message_count_from_its_end_in_format_1_alone()
    {
        var inner = Set(1, Message("a"), Message("b"), Message("c"));
        Assert.Equal([98, 99, 100], TestRecord.ReadMessageSet(Wrapped(1, CompressionCodec.Snappy, inner, offset: 100)).Select(record => record.Offset));
        inner = Set(0, Message("a"), Message("b"), Message("c"));
        Assert.Equal([0, 1, 2], TestRecord.ReadMessageSet(Wrapped(0, CompressionCodec.Snappy, inner, offset: 100)).Select(record => record.Offset));
    }

    private static BatchVerdict Validate(byte[] set, BatchRules? rules = null, short version = 2) =>
        BatchValidator.Validate(set, rules ?? new BatchRules(), version, Now);

    private static TestRecord Message(string? value, string? key = null) =>
        new(0, Now, key is null ? null : System.Text.Encoding.UTF8.GetBytes(key), value is null ? null : System.Text.Encoding.UTF8.GetBytes(value));

    private static byte[] Set(byte magic, params TestRecord[] records)
    {
        using var buffer = new PooledBuffer(0);
        var writer = new MessageSetWriter(buffer, magic, TimestampType.CreateTime);
        for (var i = 0; i < records.Length; i++)
            writer.Write(i, records[i].Timestamp, records[i].Key, records[i].Key is null, records[i].Value, records[i].Value is null);
        return buffer.Written.ToArray();
    }

    private static byte[] Wrapped(byte magic, CompressionCodec codec, byte[] inner, long offset = 0)
    {
        using var buffer = new PooledBuffer(0);
        new MessageSetWriter(buffer, magic, TimestampType.CreateTime).WriteCompressed(codec, inner, offset, Now);
        return buffer.Written.ToArray();
    }

    private static void MendCrc(byte[] set)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(set.AsSpan(8));
        if (length >= 14 && length <= set.Length - 12)
            BinaryPrimitives.WriteUInt32BigEndian(set.AsSpan(12), Crc32.Compute(set.AsSpan(16, length - 4)));
    }
}

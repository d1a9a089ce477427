using Chronik.Protocol;

namespace Chronik.Records.Tests;

/// <summary>What a topic's settings and the request's version make of good batches.</summary>
public sealed class BatchValidatorTests
{
    private const long Now = Forged.Now;

    public static TheoryData<CompressionCodec> Codecs => [.. Enum.GetValues<CompressionCodec>()];

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_good_batch_is_appended_as_it_is(CompressionCodec codec)
    {
        var batch = new Forged { Count = 3, Codec = codec }.ToArray();
        var before = batch.ToArray();
        using var verdict = BatchValidator.Validate(batch, new BatchRules(), produceVersion: 9, Now);
        Assert.True(verdict.IsValid, verdict.ErrorMessage);
        Assert.Empty(verdict.RecordErrors);
        Assert.Equal(before, verdict.Batches.ToArray());
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_wrong_maximum_timestamp_is_put_right(CompressionCodec codec)
    {
        byte[] payload = [.. Forged.Record(0, timestampDelta: 5), .. Forged.Record(1, timestampDelta: -7)];
        using var verdict = new Forged { Payload = payload, Count = 2, MaxTimestamp = 1, Codec = codec }.Validate();
        var batch = new RecordBatchView(verdict.Batches.Span);
        Assert.Equal(Now + 5, batch.MaxTimestamp);
        Assert.True(batch.IsCrcValid);
    }

    [Theory]
    [InlineData(3, ErrorCode.UnsupportedCompressionType)]
    [InlineData(6, ErrorCode.UnsupportedCompressionType)]
    [InlineData(7, ErrorCode.None)]
    public void Zstandard_needs_produce_7(short version, ErrorCode error) =>
        Assert.Equal(error, new Forged { Codec = CompressionCodec.Zstd }.Validate(version: version).Error);

    [Fact]
    public void A_batch_above_max_message_bytes_is_too_large_as_it_is_compressed()
    {
        var rules = new BatchRules { MessageBytesMax = 200 };
        var payload = Forged.Record(value: new byte[1000]);
        Assert.Equal(ErrorCode.MessageTooLarge, new Forged { Payload = payload }.Validate(rules).Error);
        Assert.Equal(ErrorCode.None, new Forged { Payload = payload, Codec = CompressionCodec.Gzip }.Validate(rules).Error);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_compacted_topic_names_each_record_without_a_key(CompressionCodec codec)
    {
        byte[] payload = [.. Forged.Record(0, keyIsNull: true), .. Forged.Record(1), .. Forged.Record(2, keyIsNull: true)];
        var verdict = new Forged { Payload = payload, Count = 3, Codec = codec }.Validate(new BatchRules { KeysRequired = true });
        Assert.Equal(ErrorCode.InvalidRecord, verdict.Error);
        Assert.Equal([0, 2], verdict.RecordErrors.Select(error => error.BatchIndex));
        Assert.StartsWith("One or more records have been rejected due to 2 record errors in total", verdict.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Each_record_with_a_timestamp_out_of_range_is_named(CompressionCodec codec)
    {
        byte[] payload = [.. Forged.Record(0), .. Forged.Record(1, timestampDelta: 3_800_000), .. Forged.Record(2, timestampDelta: -20_000)];
        var rules = new BatchRules { TimestampBeforeMsMax = 10_000 };
        var verdict = new Forged { Payload = payload, Count = 3, Codec = codec }.Validate(rules);
        Assert.Equal(ErrorCode.InvalidTimestamp, verdict.Error);
        Assert.Equal([1, 2], verdict.RecordErrors.Select(error => error.BatchIndex));
        Assert.Equal(
            $"Timestamp {Now + 3_800_000} of message with offset 1 is out of range. The timestamp should be within [{Now - 10_000}, {Now + 3_600_000}]", verdict.RecordErrors[0].Message);
        Assert.Equal(ErrorCode.None, new Forged { Payload = payload, Count = 3, Codec = codec }.Validate(rules with { TimestampType = TimestampType.LogAppendTime }).Error);
    }

    [Theory]
    [InlineData(-1, 0, ErrorCode.None)]
    [InlineData(-2, 0, ErrorCode.None)]
    [InlineData(long.MaxValue, 0, ErrorCode.InvalidTimestamp)]
    [InlineData(long.MinValue, 0, ErrorCode.InvalidTimestamp)]
    [InlineData(long.MaxValue, 10, ErrorCode.InvalidTimestamp)]
    [InlineData(Now, 1L << 62, ErrorCode.InvalidTimestamp)]
    [InlineData(Now, 3_600_000, ErrorCode.None)]
    [InlineData(Now, 3_600_001, ErrorCode.InvalidTimestamp)]
    public void Timestamps_at_the_limits_are_judged_as_by_Kafka(long baseTimestamp, long delta, ErrorCode error) =>
        Assert.Equal(error, new Forged { BaseTimestamp = baseTimestamp, Payload = Forged.Record(timestampDelta: delta) }.Validate().Error);

    [Fact]
    public void A_producer_must_not_stamp_for_the_broker()
    {
        var stamped = new Forged { Attributes = 0x08 };
        var refused = stamped.Validate(new BatchRules { TimestampType = TimestampType.LogAppendTime });
        Assert.Equal(ErrorCode.InvalidTimestamp, refused.Error);
        Assert.Equal(0, Assert.Single(refused.RecordErrors).BatchIndex);

        // Kafka clears the flag where the topic has CreateTime.
        using var cleared = stamped.Validate();
        var batch = new RecordBatchView(cleared.Batches.Span);
        Assert.Equal((TimestampType.CreateTime, Now, true), (batch.TimestampType, batch.MaxTimestamp, batch.IsCrcValid));
    }

    [Fact]
    public void No_more_than_a_hundred_bad_records_are_named()
    {
        var verdict = new Forged { BaseTimestamp = long.MaxValue, Count = 500 }.Validate();
        Assert.Equal(ErrorCode.InvalidTimestamp, verdict.Error);
        Assert.Equal(100, verdict.RecordErrors.Count);
    }

    [Fact]
    public void A_topic_with_a_codec_stores_every_batch_in_it()
    {
        foreach (var source in Enum.GetValues<CompressionCodec>())
        {
            foreach (var target in Enum.GetValues<CompressionCodec>())
            {
                var produced = new Forged { Count = 20, Codec = source, ProducerId = 5, ProducerEpoch = 1, BaseSequence = 9, Attributes = 0x10, MaxTimestamp = 1 };
                using var verdict = produced.Validate(new BatchRules { Compression = target });
                Assert.True(verdict.IsValid, verdict.ErrorMessage);
                Assert.True(RecordBatchView.TryRead(verdict.Batches.Span, out var batch));
                Assert.True(batch.IsCrcValid);
                Assert.Equal((target, verdict.Batches.Length, 20), (batch.Compression, batch.SizeInBytes, batch.RecordCount));
                Assert.Equal((5L, (short)1, 9, true, Now), (batch.ProducerId, batch.ProducerEpoch, batch.BaseSequence, batch.IsTransactional, batch.MaxTimestamp));
                OracleBatchTests.AssertSame(TestRecord.ReadBatch(produced.ToArray()), TestRecord.ReadBatch(verdict.Batches.Span));
            }
        }
    }

    [Fact]
    public void A_batch_that_a_topics_codec_makes_too_large_is_refused()
    {
        var produced = new Forged { Payload = Forged.Record(value: new byte[5000]), Codec = CompressionCodec.Gzip };
        Assert.Equal(ErrorCode.MessageTooLarge, produced.Validate(new BatchRules { MessageBytesMax = 1000, Compression = CompressionCodec.None }).Error);
    }
}

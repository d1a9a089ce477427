using Chronik.Protocol;

namespace Chronik.Records;

/// <summary>
/// Decides whether the records that a client produced to one partition may be appended, with Kafka's error codes.
/// The good path allocates nothing and changes at most a wrong maximum timestamp.
/// </summary>
public static class BatchValidator
{
    private const int SingleBatchVersionMin = 3;
    private const int ZstdVersionMin = 7;

    /// <summary>Validates what one partition got in a Produce request.</summary>
    /// <param name="records">The bytes of the records field. They may be changed in place.</param>
    /// <param name="rules">What the topic demands.</param>
    /// <param name="produceVersion">The version of the Produce request.</param>
    /// <param name="nowMs">The broker's clock, in milliseconds since 1970.</param>
    public static BatchVerdict Validate(Memory<byte> records, BatchRules rules, short produceVersion, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var bytes = records.Span;
        if (!RecordBatchView.TryRead(bytes, out var batch))
            return RefuseUnreadable(bytes, produceVersion);
        if (batch.Compression == CompressionCodec.Zstd && produceVersion < ZstdVersionMin)
            return BatchVerdict.Refuse(ErrorCode.UnsupportedCompressionType, $"Produce requests with version {produceVersion} are not allowed to use ZStandard compression.");
        if (batch.SizeInBytes != bytes.Length)
            return BatchVerdict.Refuse(ErrorCode.InvalidRecord, $"Produce requests with version {produceVersion} are only allowed to contain exactly one record batch per partition.");
        return ValidateBatch(records, batch, rules, nowMs);
    }

    private static BatchVerdict RefuseUnreadable(ReadOnlySpan<byte> bytes, short produceVersion)
    {
        if (bytes.Length > RecordBatchHeader.MagicAt && bytes[RecordBatchHeader.MagicAt] != RecordBatchHeader.CurrentMagic && produceVersion >= SingleBatchVersionMin)
            return BatchVerdict.Refuse(ErrorCode.InvalidRecord, $"Produce requests with version {produceVersion} are only allowed to contain record batches with magic version 2.");
        return BatchVerdict.Refuse(ErrorCode.InvalidRecord, $"Produce requests with version {produceVersion} must have at least one whole record batch per partition.");
    }

    private static BatchVerdict ValidateBatch(Memory<byte> records, RecordBatchView batch, BatchRules rules, long nowMs)
    {
        if (batch.BaseOffset != 0)
            return BatchVerdict.Refuse(ErrorCode.InvalidRecord, $"The base offset of a produced record batch should be 0, but it is {batch.BaseOffset}.");
        if (batch.SizeInBytes > rules.MessageBytesMax)
            return BatchVerdict.Refuse(ErrorCode.MessageTooLarge, $"The record batch has {batch.SizeInBytes} bytes; max.message.bytes allows {rules.MessageBytesMax}.");
        if (!batch.IsCrcValid)
            return BatchVerdict.Refuse(ErrorCode.CorruptMessage, $"The record batch is corrupt (stored CRC {batch.Crc}, computed {batch.ComputeCrc()}).");
        if (batch.RecordCount <= 0 || batch.LastOffsetDelta != batch.RecordCount - 1)
            return BatchVerdict.Refuse(ErrorCode.InvalidRecord, $"A record batch with {batch.RecordCount} records has a last offset delta of {batch.LastOffsetDelta}.");
        if (batch.IsControl)
            return BatchVerdict.Refuse(ErrorCode.InvalidRecord, "Clients are not allowed to write control records.");
        if (batch.HasProducerId && batch.BaseSequence < 0)
            return BatchVerdict.Refuse(ErrorCode.InvalidRecord, $"The record batch has a producer id, but an invalid sequence number: {batch.BaseSequence}.");
        if (batch.Compression > CompressionCodec.Zstd)
            return BatchVerdict.Refuse(ErrorCode.UnsupportedCompressionType, $"There is no compression type with id {(int)batch.Compression}.");
        if (rules.TimestampType == TimestampType.CreateTime && batch.TimestampType == TimestampType.LogAppendTime)
            return BatchVerdict.Refuse(ErrorCode.InvalidTimestamp, "Producers should not set the timestamp type to LogAppendTime.");
        return batch.Compression == CompressionCodec.None ? WalkRecords(records, batch, rules, nowMs) : BatchVerdict.Accept(records);
    }

    private static BatchVerdict WalkRecords(Memory<byte> records, RecordBatchView batch, BatchRules rules, long nowMs)
    {
        var payload = batch.Payload;
        var at = 0;
        var count = batch.RecordCount;
        var maxTimestamp = RecordBatchHeader.NoTimestamp;
        var check = new RecordCheck(rules, batch.BaseTimestamp, nowMs);
        for (var i = 0; i < count; i++)
        {
            if (!ParsedRecord.TryParse(payload, ref at, out var record) || record.OffsetDelta != i)
                return BatchVerdict.Refuse(ErrorCode.InvalidRecord, $"Record {i} of the batch is malformed.");
            check.Record(i, record.TimestampDelta, record.KeyLength >= 0, ref maxTimestamp);
        }

        if (at != payload.Length)
            return BatchVerdict.Refuse(ErrorCode.InvalidRecord, $"{payload.Length - at} bytes follow the last record of the batch.");
        if (check.Refused is { } verdict)
            return verdict;
        if (rules.TimestampType == TimestampType.CreateTime && maxTimestamp != batch.MaxTimestamp)
            RecordBatchHeader.SetMaxTimestamp(records.Span, maxTimestamp);
        return BatchVerdict.Accept(records);
    }
}

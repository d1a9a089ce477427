using System.Buffers.Binary;
using Chronik.Protocol;

namespace Chronik.Records;

/// <summary>
/// Decides whether the records that a client produced to one partition may be appended, with Kafka's error codes.
/// The good path of a v2 batch allocates nothing and changes at most a wrong maximum timestamp.
/// </summary>
/// <remarks>
/// Stricter than Kafka where Kafka stores what no consumer can read: offset deltas and record lengths must be right in
/// every batch, nothing may follow the batch. Where Kafka answers UNKNOWN_SERVER_ERROR (an unknown codec, data that do
/// not decompress), the client gets the error that says why.
/// </remarks>
public static class BatchValidator
{
    private const int BatchVersionMin = 3;
    private const int ZstdVersionMin = 7;
    private const int MessageLengthMin = 14;

    /// <summary>Validates what one partition got in a Produce request.</summary>
    /// <param name="records">The bytes of the records field. They may be changed in place.</param>
    /// <param name="rules">What the topic demands.</param>
    /// <param name="produceVersion">The version of the Produce request; below 3 it may hold message sets, which are converted.</param>
    /// <param name="nowMs">The broker's clock, in milliseconds since 1970.</param>
    public static BatchVerdict Validate(Memory<byte> records, BatchRules rules, short produceVersion, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var bytes = records.Span;
        try
        {
            if (RecordBatchView.TryRead(bytes, out var batch))
                return ValidateBatch(records, batch, rules, produceVersion, nowMs);
            return produceVersion < BatchVersionMin && IsMessageSet(bytes)
                ? MessageSetValidator.Validate(bytes, rules, nowMs)
                : RefuseUnreadable(bytes, produceVersion);
        }
        catch (RecordFormatException e)
        {
            return BatchVerdict.Refuse(e.Error, e.Message);
        }
    }

    private static bool IsMessageSet(ReadOnlySpan<byte> bytes) =>
        bytes.Length > RecordBatchHeader.MagicAt && bytes[RecordBatchHeader.MagicAt] < RecordBatchHeader.CurrentMagic;

    private static BatchVerdict RefuseUnreadable(ReadOnlySpan<byte> bytes, short produceVersion)
    {
        if (bytes.Length <= RecordBatchHeader.MagicAt)
            return Invalid($"Produce requests with version {produceVersion} must have at least one record batch per partition");
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes[RecordBatchHeader.BatchLengthAt..]);
        if (length < MessageLengthMin)
            return BatchVerdict.Refuse(ErrorCode.CorruptMessage, $"Record size {length} is less than the minimum record overhead ({MessageLengthMin})");
        if (length > bytes.Length - RecordBatchHeader.LogOverhead)
            return Invalid($"Produce requests with version {produceVersion} must have at least one whole record batch per partition");
        return bytes[RecordBatchHeader.MagicAt] switch
        {
            < RecordBatchHeader.CurrentMagic => Invalid($"Produce requests with version {produceVersion} are only allowed to contain record batches with magic version 2"),
            RecordBatchHeader.CurrentMagic => BatchVerdict.Refuse(ErrorCode.CorruptMessage, $"A record batch of {length} bytes is smaller than its header."),
            var magic => BatchVerdict.Refuse(ErrorCode.CorruptMessage, $"Invalid magic found in record: {(sbyte)magic}"),
        };
    }

    private static BatchVerdict ValidateBatch(Memory<byte> records, RecordBatchView batch, BatchRules rules, short produceVersion, long nowMs)
    {
        if (batch.Compression == CompressionCodec.Zstd && produceVersion < ZstdVersionMin)
            return BatchVerdict.Refuse(ErrorCode.UnsupportedCompressionType, $"Produce requests with version {produceVersion} are not allowed to use ZStandard compression");
        if (batch.BaseOffset != 0)
            return Invalid($"The baseOffset of a produced record batch should be 0, but it is {batch.BaseOffset}");
        if (batch.SizeInBytes > rules.MessageBytesMax)
            return TooLarge(batch.SizeInBytes, rules);
        var crc = batch.ComputeCrc();
        if (batch.Crc != crc)
            return BatchVerdict.Refuse(ErrorCode.CorruptMessage, $"Record is corrupt (stored crc = {batch.Crc}, computed crc = {crc})");
        if (batch.SizeInBytes != records.Length)
            return Invalid($"Produce requests with version {produceVersion} are only allowed to contain exactly one record batch per partition");
        if (batch.RecordCount <= 0 || batch.LastOffsetDelta != batch.RecordCount - 1)
            return Invalid($"Inconsistent batch offset range [0, {batch.LastOffsetDelta}] and count of records {batch.RecordCount}");
        if (batch.IsControl)
            return Invalid("Clients are not allowed to write control records");
        if (batch.HasProducerId && batch.BaseSequence < 0)
            return Invalid($"Invalid sequence number {batch.BaseSequence} in record batch with producerId {batch.ProducerId}");
        if (batch.Compression > CompressionCodec.Zstd)
            throw Compressions.Unknown(batch.Compression);
        return rules.Compression is { } target && target != batch.Compression
            ? Recompress(batch, target, rules, nowMs)
            : ValidateRecords(records, batch, rules, nowMs);
    }

    private static BatchVerdict ValidateRecords(Memory<byte> records, RecordBatchView batch, BatchRules rules, long nowMs)
    {
        var check = new RecordCheck(rules, batch.TimestampType, nowMs);
        var malformed = batch.Compression == CompressionCodec.None
            ? Walk(batch.Payload, batch, ref check)
            : WalkCompressed(batch, rules.DecompressedBytesMax, ref check);
        if (malformed is not null)
            return Invalid(malformed);
        if (check.Refused is { } refused)
            return refused;
        SettleTimestamps(records.Span, batch, rules, check.MaxTimestamp);
        return BatchVerdict.Accept(records);
    }

    /// <summary>compression.type: the same records in another codec, under the same header.</summary>
    private static BatchVerdict Recompress(RecordBatchView batch, CompressionCodec target, BatchRules rules, long nowMs)
    {
        using var decompressed = batch.Compression == CompressionCodec.None ? null
            : Compressions.Decompress(batch.Compression, batch.Payload, rules.DecompressedBytesMax);
        var plain = decompressed is null ? batch.Payload : decompressed.Span;
        var check = new RecordCheck(rules, batch.TimestampType, nowMs);
        if (Walk(plain, batch, ref check) is { } malformed)
            return Invalid(malformed);
        if (check.Refused is { } refused)
            return refused;

        using var buffer = new PooledBuffer(batch.SizeInBytes);
        buffer.Write(batch.Bytes[..RecordBatchHeader.SizeInBytes]);
        Compressions.CompressTo(buffer, target, plain, rules.CompressionLevel);
        if (buffer.Length > rules.MessageBytesMax)
            return TooLarge(buffer.Length, rules);
        var rebuilt = buffer.Written;
        var attributes = (short)((batch.Attributes & ~RecordBatchHeader.CompressionMask) | (int)target);
        BinaryPrimitives.WriteInt32BigEndian(rebuilt[RecordBatchHeader.BatchLengthAt..], rebuilt.Length - RecordBatchHeader.LogOverhead);
        BinaryPrimitives.WriteInt16BigEndian(rebuilt[RecordBatchHeader.AttributesAt..], attributes);
        RecordBatchHeader.RenewCrc(rebuilt);
        SettleTimestamps(rebuilt, new RecordBatchView(rebuilt), rules, check.MaxTimestamp);
        return BatchVerdict.Accept(buffer.Detach());
    }

    private static string? Walk(ReadOnlySpan<byte> payload, RecordBatchView batch, ref RecordCheck check)
    {
        var at = 0;
        var count = batch.RecordCount;
        var baseTimestamp = batch.BaseTimestamp;
        for (var i = 0; i < count; i++)
        {
            if (!ParsedRecord.TryParse(payload, ref at, out var record) || record.OffsetDelta != i)
                return Malformed(i);
            check.Record(i, unchecked(baseTimestamp + record.TimestampDelta), record.KeyLength >= 0);
        }

        return at == payload.Length ? null : Surplus;
    }

    private static unsafe string? WalkCompressed(RecordBatchView batch, int bytesMax, ref RecordCheck check)
    {
        var payload = batch.Payload;
        var count = batch.RecordCount;
        var baseTimestamp = batch.BaseTimestamp;
        fixed (byte* start = payload)
        {
            using var source = Decompressor.Create(batch.Compression, start, payload.Length);
            using var stream = new RecordStream(source, bytesMax);
            for (var i = 0; i < count; i++)
            {
                if (!stream.TryRead(out var record) || record.OffsetDelta != i)
                    return Malformed(i);
                check.Record(i, unchecked(baseTimestamp + record.TimestampDelta), record.KeyLength >= 0);
            }

            return stream.IsAtEnd() ? null : Surplus;
        }
    }

    private const string Surplus = "Incorrect declared batch size, records still remaining";

    private static string Malformed(int index) => $"Record {index} of the batch is malformed, or its offset delta is not {index}";

    /// <summary>What the header says of the timestamps must be true, whatever the producer wrote there.</summary>
    private static void SettleTimestamps(Span<byte> bytes, RecordBatchView batch, BatchRules rules, long maxTimestamp)
    {
        if (rules.TimestampType == TimestampType.LogAppendTime)
            return;
        if (batch.TimestampType == TimestampType.CreateTime && batch.MaxTimestamp == maxTimestamp)
            return;
        BinaryPrimitives.WriteInt16BigEndian(bytes[RecordBatchHeader.AttributesAt..], (short)(batch.Attributes & ~RecordBatchHeader.LogAppendTimeFlag));
        RecordBatchHeader.SetMaxTimestamp(bytes, maxTimestamp);
    }

    private static BatchVerdict Invalid(string message) => BatchVerdict.Refuse(ErrorCode.InvalidRecord, message);

    private static BatchVerdict TooLarge(int sizeInBytes, BatchRules rules) =>
        BatchVerdict.Refuse(ErrorCode.MessageTooLarge, $"The record batch size is {sizeInBytes} bytes which exceeds the maximum configured value of {rules.MessageBytesMax}");
}

using Chronik.Protocol;

namespace Chronik.Records;

/// <summary>Validates a message set of format 0 or 1 that a client produced, and converts it to one v2 batch.</summary>
internal static class MessageSetValidator
{
    /// <exception cref="RecordFormatException">The set is malformed.</exception>
    public static BatchVerdict Validate(ReadOnlySpan<byte> set, BatchRules rules, long nowMs)
    {
        using var reader = new MessageSetReader(set, rules.DecompressedBytesMax);
        if (!reader.MoveNext())
            return BatchVerdict.Refuse(ErrorCode.InvalidRecord, "The message set has no messages.");
        var source = reader.Compression;
        var magic = reader.Magic;
        if (source != CompressionCodec.None && reader.RestInBytes > 0)
            return BatchVerdict.Refuse(ErrorCode.InvalidRecord, "Compressed outer record has more than one batch");

        using var builder = new RecordBatchBuilder(set.Length) { Compression = rules.Compression ?? source, CompressionLevel = rules.CompressionLevel };
        var check = new RecordCheck(rules, reader.Current.TimestampType, nowMs);
        do
        {
            if (reader.MessageSizeInBytes > rules.MessageBytesMax)
                return TooLarge(reader.MessageSizeInBytes, rules);
            if (reader.Magic != magic || reader.Compression != source)
                return BatchVerdict.Refuse(ErrorCode.InvalidRecord, $"Batch magic byte {reader.Magic} is not the same as the first batch's magic byte {magic}");
            var record = reader.Current;
            check.Record(builder.Count, record.Timestamp, !record.IsKeyNull);
            builder.Add(builder.Count, record.Timestamp, record.Key, record.IsKeyNull, record.Value, record.IsValueNull, default, 0);
        }
        while (reader.MoveNext());

        if (check.Refused is { } refused)
            return refused;
        var batch = builder.Build();
        if (batch.Length <= rules.MessageBytesMax)
            return BatchVerdict.Accept(batch);
        var size = batch.Length;
        batch.Dispose();
        return TooLarge(size, rules);
    }

    private static BatchVerdict TooLarge(int sizeInBytes, BatchRules rules) =>
        BatchVerdict.Refuse(ErrorCode.MessageTooLarge, $"The record batch size is {sizeInBytes} bytes which exceeds the maximum configured value of {rules.MessageBytesMax}");
}

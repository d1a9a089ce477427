using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;

namespace Chronik.Client.Consuming;

/// <summary>Takes the records out of what a broker answered for a partition.</summary>
internal static class RecordDecoder
{
    private const int MagicAt = 16;
    private const byte BatchMagic = 2;

    /// <summary>Adds the records from an offset on; a batch that is cut at the end is left for the next fetch.</summary>
    /// <returns>The offset to go on from.</returns>
    public static long Decode(TopicPartition partition, FetchResponse.PartitionData data, long from, bool readsCommitted, List<ConsumedRecord> into)
    {
        if (data.Records.IsNull || data.Records.Length == 0)
            return from;
        var bytes = data.Records.Memory.Span;
        if (bytes.Length > MagicAt && bytes[MagicAt] < BatchMagic)
            return DecodeMessageSet(partition, bytes, from, into);
        var aborted = new AbortedTransactions(readsCommitted ? data.AbortedTransactions ?? [] : []);
        long next = from;
        while (RecordBatchView.TryRead(bytes, out var batch))
        {
            bytes = bytes[batch.SizeInBytes..];
            bool isHidden = aborted.Holds(batch) || batch.IsControl;
            if (!isHidden && batch.NextOffset > from)
                DecodeBatch(partition, batch, from, into);
            next = Math.Max(next, batch.NextOffset);
        }

        return next;
    }

    private static void DecodeBatch(TopicPartition partition, RecordBatchView batch, long from, List<ConsumedRecord> into)
    {
        if (!batch.IsCrcValid)
            throw new KafkaException(ErrorCode.CorruptMessage, $"{partition}: the batch at offset {batch.BaseOffset} has a wrong checksum.");
        foreach (var record in new RecordBatchReader(batch))
        {
            // A compressed batch comes whole, also when a part of it was read before.
            if (record.Offset >= from)
                into.Add(ToRecord(partition, record, batch.TimestampType));
        }
    }

    private static ConsumedRecord ToRecord(TopicPartition partition, RecordView record, TimestampType timestampType)
    {
        RecordHeader[] headers = record.HeaderCount == 0 ? [] : new RecordHeader[record.HeaderCount];
        int count = 0;
        foreach (var header in record.Headers)
            headers[count++] = header.ToHeader();
        return new ConsumedRecord
        {
            Partition = partition,
            Offset = record.Offset,
            TimestampMs = record.Timestamp,
            TimestampType = timestampType,
            Key = Copy(record.Key, record.IsKeyNull),
            Value = Copy(record.Value, record.IsValueNull),
            Headers = headers,
        };
    }

    private static long DecodeMessageSet(TopicPartition partition, ReadOnlySpan<byte> bytes, long from, List<ConsumedRecord> into)
    {
        long next = from;
        using var messages = new MessageSetReader(bytes);
        while (messages.MoveNext())
        {
            var message = messages.Current;
            if (message.Offset < from)
                continue;
            into.Add(new ConsumedRecord
            {
                Partition = partition,
                Offset = message.Offset,
                TimestampMs = message.Timestamp,
                TimestampType = message.TimestampType,
                Key = Copy(message.Key, message.IsKeyNull),
                Value = Copy(message.Value, message.IsValueNull),
            });
            next = message.Offset + 1;
        }

        return next;
    }

    private static ReadOnlyMemory<byte>? Copy(ReadOnlySpan<byte> bytes, bool isNull) =>
        isNull ? default(ReadOnlyMemory<byte>?) : bytes.ToArray();
}

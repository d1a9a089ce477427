using System.Buffers.Binary;
using static Chronik.Records.RecordBatchHeader;

namespace Chronik.Records;

/// <summary>
/// Takes records out of batches, as compaction does: offsets, sequence numbers, producer, epoch and codec of what stays are
/// those that it had. Records are copied as bytes; only a batch that gets its delete horizon (KIP-534) has its timestamps
/// counted anew from that. Not for use by two threads at once.
/// </summary>
public sealed class RecordBatchFilter : IDisposable
{
    private const int RecordFieldsBytesMax = 5 + 1 + 10 + 5 + 5;
    private readonly PooledBuffer _records = new(0);
    private readonly PooledBuffer _batch = new(0);

    /// <summary>Records of the last batch.</summary>
    public int RecordsRead { get; private set; }

    /// <summary>Records of the last batch that stay.</summary>
    public int RecordsKept { get; private set; }

    /// <summary>The last batch as it is to be written, where it was <see cref="BatchFilterOutcome.Rewritten"/>; until the next call.</summary>
    public ReadOnlySpan<byte> Rewritten => _batch.Written;

    /// <summary>Asks for each record of a batch whether it stays.</summary>
    /// <param name="batch">A whole batch; its checksum is the caller's to check.</param>
    /// <param name="selector">Who decides.</param>
    /// <param name="deleteHorizonMs">The delete horizon of a batch that keeps tombstones and has none yet.</param>
    /// <param name="alwaysSetsHorizon">Sets it without tombstones as well: the marker of a transaction that is gone.</param>
    /// <exception cref="RecordFormatException">The records cannot be read.</exception>
    public BatchFilterOutcome Apply<TSelector>(RecordBatchView batch, ref TSelector selector, long deleteHorizonMs, bool alwaysSetsHorizon = false)
        where TSelector : IRecordSelector, allows ref struct
    {
        RecordsRead = RecordsKept = 0;
        using var decompressed = batch.Compression == CompressionCodec.None || batch.RecordCount == 0
            ? null
            : Compressions.Decompress(batch.Compression, batch.Payload, int.MaxValue);
        var source = decompressed is null ? batch.Payload : decompressed.Span;
        var maxTimestamp = Select(source, batch, ref selector, out var keepsTombstones);
        if (RecordsKept == 0)
            return BatchFilterOutcome.Emptied;
        var setsHorizon = !batch.HasDeleteHorizon && (keepsTombstones || alwaysSetsHorizon);
        if (RecordsKept == RecordsRead && !setsHorizon)
            return BatchFilterOutcome.Unchanged;

        if (setsHorizon)
            CountFrom(deleteHorizonMs, batch.BaseTimestamp);
        _batch.Clear();
        _batch.Write(batch.Bytes[..RecordBatchHeader.SizeInBytes]);
        Compressions.CompressTo(_batch, batch.Compression, _records.Written, level: null);
        var header = _batch.Written;
        BinaryPrimitives.WriteInt32BigEndian(header[BatchLengthAt..], header.Length - LogOverhead);
        BinaryPrimitives.WriteInt32BigEndian(header[RecordCountAt..], RecordsKept);
        if (setsHorizon)
        {
            BinaryPrimitives.WriteInt16BigEndian(header[AttributesAt..], (short)(batch.Attributes | DeleteHorizonFlag));
            BinaryPrimitives.WriteInt64BigEndian(header[BaseTimestampAt..], deleteHorizonMs);
        }

        SetMaxTimestamp(header, batch.TimestampType == TimestampType.LogAppendTime ? batch.MaxTimestamp : maxTimestamp);
        return BatchFilterOutcome.Rewritten;
    }

    /// <summary>Writes what is left of a batch without its records: the offsets and sequence numbers that it covered.</summary>
    /// <param name="batch">The batch, at least its header.</param>
    /// <param name="destination"><see cref="RecordBatchHeader.SizeInBytes"/> bytes.</param>
    public static void WriteEmpty(RecordBatchView batch, Span<byte> destination)
    {
        var header = destination[..RecordBatchHeader.SizeInBytes];
        batch.Bytes[..RecordBatchHeader.SizeInBytes].CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header[BatchLengthAt..], BatchLengthMin);
        BinaryPrimitives.WriteInt16BigEndian(header[AttributesAt..], (short)(batch.Attributes & ~(CompressionMask | DeleteHorizonFlag)));
        BinaryPrimitives.WriteInt64BigEndian(header[BaseTimestampAt..], NoTimestamp);
        BinaryPrimitives.WriteInt32BigEndian(header[RecordCountAt..], 0);
        RenewCrc(header);
    }

    /// <summary>Gives pooled memory back.</summary>
    public void Dispose()
    {
        _records.Dispose();
        _batch.Dispose();
    }

    private long Select<TSelector>(ReadOnlySpan<byte> source, RecordBatchView batch, ref TSelector selector, out bool keepsTombstones)
        where TSelector : IRecordSelector, allows ref struct
    {
        _records.Clear();
        keepsTombstones = false;
        var maxTimestamp = NoTimestamp;
        var isLogAppendTime = batch.TimestampType == TimestampType.LogAppendTime;
        var (at, runStart) = (0, 0);
        for (var left = batch.RecordCount; left > 0; left--)
        {
            var start = at;
            if (!ParsedRecord.TryParse(source, ref at, out var parsed))
                throw new RecordFormatException("A record of the batch is malformed.");
            RecordsRead++;
            var timestamp = isLogAppendTime ? batch.MaxTimestamp : unchecked(batch.BaseTimestamp + parsed.TimestampDelta);
            if (selector.Keeps(new RecordView(source, parsed, batch.BaseOffset + parsed.OffsetDelta, timestamp)))
            {
                RecordsKept++;
                keepsTombstones |= parsed.ValueLength < 0;
                maxTimestamp = Math.Max(maxTimestamp, timestamp);
                continue;
            }

            _records.Write(source[runStart..start]);
            runStart = at;
        }

        _records.Write(source[runStart..at]);
        return maxTimestamp;
    }

    private void CountFrom(long baseTimestamp, long oldBaseTimestamp)
    {
        var source = _records.Written;
        _batch.Clear();
        for (var at = 0; at < source.Length;)
        {
            if (!ParsedRecord.TryParse(source, ref at, out var record))
                throw new RecordFormatException("A record of the batch is malformed.");
            var delta = unchecked(oldBaseTimestamp + record.TimestampDelta - baseTimestamp);
            var rest = source[record.KeyAt..record.End];
            var length = 1 + Varint.SizeOfLong(delta) + Varint.SizeOf(record.OffsetDelta) + Varint.SizeOf(record.KeyLength) + rest.Length;
            var to = _batch.Reserve(RecordFieldsBytesMax);
            var count = Varint.Write(to, length);
            to[count++] = 0;
            count += Varint.WriteLong(to[count..], delta);
            count += Varint.Write(to[count..], record.OffsetDelta);
            count += Varint.Write(to[count..], record.KeyLength);
            _batch.Advance(count);
            _batch.Write(rest);
        }

        _records.Clear();
        _records.Write(_batch.Written);
    }
}

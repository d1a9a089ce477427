using System.Buffers.Binary;
using System.Text;
using static Chronik.Records.RecordBatchHeader;

namespace Chronik.Records;

/// <summary>Builds one record batch, format 2, in pooled memory. Set what the header says, add records, build.</summary>
public sealed class RecordBatchBuilder : IDisposable
{
    private const int RecordOverheadMax = 5 + 1 + 10 + 5 + 5 + 5 + 5;

    private readonly PooledBuffer _records;
    private readonly PooledBuffer _headers = new(0);
    private long _maxTimestamp = NoTimestamp;
    private long _lastOffset;
    private long? _baseOffset;
    private long? _baseTimestamp;

    /// <summary>An empty builder.</summary>
    /// <param name="capacity">How many bytes of records to expect.</param>
    public RecordBatchBuilder(int capacity = 1024)
    {
        _records = new PooledBuffer(capacity + RecordBatchHeader.SizeInBytes);
        Clear();
    }

    /// <summary>The first record's offset; not set: that of the first record that is added with one, else 0.</summary>
    public long? BaseOffset { get; init; }

    /// <summary>The last offset, where records behind the last one were compacted away; not set: that of the last record.</summary>
    public long? LastOffset { get; init; }

    /// <summary>The leader's epoch.</summary>
    public int PartitionLeaderEpoch { get; init; } = -1;

    /// <summary>How the records are compressed.</summary>
    public CompressionCodec Compression { get; init; }

    /// <summary>The codec's level, or null for its default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>Set: the batch has LogAppendTime, this one.</summary>
    public long? LogAppendTime { get; init; }

    /// <summary>Set: when compaction may drop the batch's tombstones (KIP-534).</summary>
    public long? DeleteHorizonMs { get; init; }

    /// <summary>The producer's id.</summary>
    public long ProducerId { get; init; } = NoProducerId;

    /// <summary>The producer's epoch.</summary>
    public short ProducerEpoch { get; init; } = NoProducerEpoch;

    /// <summary>The first record's sequence number.</summary>
    public int BaseSequence { get; init; } = NoSequence;

    /// <summary>Whether it is part of a transaction.</summary>
    public bool IsTransactional { get; init; }

    /// <summary>Whether it holds a marker of the broker.</summary>
    public bool IsControl { get; init; }

    /// <summary>How many records were added.</summary>
    public int Count { get; private set; }

    /// <summary>How large the batch would be now, uncompressed.</summary>
    public int SizeInBytesUncompressed => _records.Length;

    /// <summary>A batch that holds one transaction marker (KIP-98).</summary>
    public static byte[] Marker(ControlRecordType type, long producerId, short producerEpoch, int coordinatorEpoch, long timestamp)
    {
        using var builder = new RecordBatchBuilder { ProducerId = producerId, ProducerEpoch = producerEpoch, IsTransactional = true, IsControl = true };
        var key = new byte[4];
        BinaryPrimitives.WriteInt16BigEndian(key.AsSpan(2), (short)type);
        var value = new byte[6];
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(2), coordinatorEpoch);
        builder.Add(timestamp, key, value);
        return builder.ToArray();
    }

    /// <summary>Adds a record behind the last one. A null array is not a null value: pass null itself.</summary>
    public void Add(long timestamp, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value, IReadOnlyList<RecordHeader>? headers = null) =>
        Add(_baseOffset is null ? BaseOffset ?? 0 : _lastOffset + 1, timestamp, key, value, headers);

    /// <summary>Adds a record with its offset.</summary>
    public void Add(long offset, long timestamp, ReadOnlyMemory<byte>? key, ReadOnlyMemory<byte>? value, IReadOnlyList<RecordHeader>? headers = null)
    {
        _headers.Clear();
        for (var i = 0; i < (headers?.Count ?? 0); i++)
        {
            WriteBytes(_headers, Encoding.UTF8.GetBytes(headers![i].Key), isNull: false);
            WriteBytes(_headers, headers[i].Value.GetValueOrDefault().Span, headers[i].Value is null);
        }

        Add(offset, timestamp, key.GetValueOrDefault().Span, key is null, value.GetValueOrDefault().Span, value is null, _headers.Written, headers?.Count ?? 0);
    }

    /// <summary>Adds a copy of a record, with its offset, timestamp and headers.</summary>
    public void Add(RecordView record) =>
        Add(record.Offset, record.Timestamp, record.Key, record.IsKeyNull, record.Value, record.IsValueNull, record.HeaderBytes, record.HeaderCount);

    internal void Add(long offset, long timestamp, ReadOnlySpan<byte> key, bool isKeyNull, ReadOnlySpan<byte> value, bool isValueNull, ReadOnlySpan<byte> headers, int headerCount)
    {
        _baseOffset ??= BaseOffset ?? offset;
        _baseTimestamp ??= DeleteHorizonMs ?? timestamp;
        _maxTimestamp = Math.Max(_maxTimestamp, timestamp);
        _lastOffset = offset;
        var offsetDelta = checked((int)(offset - _baseOffset.Value));
        var timestampDelta = unchecked(timestamp - _baseTimestamp.Value);
        var keyLength = isKeyNull ? -1 : key.Length;
        var valueLength = isValueNull ? -1 : value.Length;
        var length = checked(1 + Varint.SizeOfLong(timestampDelta) + Varint.SizeOf(offsetDelta) + Varint.SizeOf(keyLength) + key.Length
            + Varint.SizeOf(valueLength) + value.Length + Varint.SizeOf(headerCount) + headers.Length);

        var to = _records.Reserve(checked(length + RecordOverheadMax));
        var at = Varint.Write(to, length);
        to[at++] = 0;
        at += Varint.WriteLong(to[at..], timestampDelta);
        at += Varint.Write(to[at..], offsetDelta);
        at += Varint.Write(to[at..], keyLength);
        key.CopyTo(to[at..]);
        at += key.Length;
        at += Varint.Write(to[at..], valueLength);
        value.CopyTo(to[at..]);
        at += value.Length;
        at += Varint.Write(to[at..], headerCount);
        headers.CopyTo(to[at..]);
        _records.Advance(at + headers.Length);
        Count++;
    }

    /// <summary>Finishes the batch into pooled memory; the builder can be used for the next one.</summary>
    public RentedBytes Build()
    {
        var plain = _records.Written[RecordBatchHeader.SizeInBytes..];
        using var batch = new PooledBuffer(_records.Length);
        batch.Advance(RecordBatchHeader.SizeInBytes);
        Compressions.CompressTo(batch, Compression, plain, CompressionLevel);
        WriteHeader(batch.Written);
        Clear();
        return batch.Detach();
    }

    /// <summary>Finishes the batch into an array of its own.</summary>
    public byte[] ToArray()
    {
        using var batch = Build();
        return batch.Span.ToArray();
    }

    /// <summary>Gives pooled memory back.</summary>
    public void Dispose()
    {
        _records.Dispose();
        _headers.Dispose();
    }

    private static void WriteBytes(PooledBuffer buffer, ReadOnlySpan<byte> bytes, bool isNull)
    {
        buffer.Advance(Varint.Write(buffer.Reserve(5), isNull ? -1 : bytes.Length));
        buffer.Write(bytes);
    }

    private void Clear()
    {
        _records.Clear();
        _records.Reserve(RecordBatchHeader.SizeInBytes);
        _records.Advance(RecordBatchHeader.SizeInBytes);
        Count = 0;
        _baseOffset = null;
        _baseTimestamp = null;
        _maxTimestamp = NoTimestamp;
    }

    private void WriteHeader(Span<byte> batch)
    {
        var attributes = (int)Compression
            | (LogAppendTime is null ? 0 : LogAppendTimeFlag)
            | (IsTransactional ? TransactionalFlag : 0)
            | (IsControl ? ControlFlag : 0)
            | (DeleteHorizonMs is null ? 0 : DeleteHorizonFlag);
        var baseOffset = _baseOffset ?? BaseOffset ?? 0;
        var lastOffset = LastOffset ?? (Count == 0 ? baseOffset : _lastOffset);
        SetBaseOffset(batch, baseOffset);
        BinaryPrimitives.WriteInt32BigEndian(batch[BatchLengthAt..], batch.Length - LogOverhead);
        SetPartitionLeaderEpoch(batch, PartitionLeaderEpoch);
        batch[MagicAt] = CurrentMagic;
        BinaryPrimitives.WriteInt16BigEndian(batch[AttributesAt..], (short)attributes);
        BinaryPrimitives.WriteInt32BigEndian(batch[LastOffsetDeltaAt..], checked((int)(lastOffset - baseOffset)));
        BinaryPrimitives.WriteInt64BigEndian(batch[BaseTimestampAt..], _baseTimestamp ?? DeleteHorizonMs ?? NoTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(batch[ProducerIdAt..], ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(batch[ProducerEpochAt..], ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(batch[BaseSequenceAt..], BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordCountAt..], Count);
        SetMaxTimestamp(batch, LogAppendTime ?? _maxTimestamp);
    }
}

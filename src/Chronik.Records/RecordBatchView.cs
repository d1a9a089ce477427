using System.Buffers.Binary;
using static Chronik.Records.RecordBatchHeader;

namespace Chronik.Records;

/// <summary>
/// One record batch, format 2, where it lies: reads header fields without decoding anything.
/// The header must be whole; members that touch the records need the whole batch.
/// </summary>
public readonly ref struct RecordBatchView
{
    private readonly ReadOnlySpan<byte> _bytes;

    /// <summary>A view of the batch at the start of <paramref name="bytes"/>, at least its header.</summary>
    /// <exception cref="ArgumentException">Fewer bytes than a header has.</exception>
    public RecordBatchView(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < RecordBatchHeader.SizeInBytes)
            throw new ArgumentException("Fewer bytes than the header of a record batch.", nameof(bytes));
        _bytes = bytes;
    }

    /// <summary>
    /// Takes the batch at the start of a buffer if all of it is there and its length and format can be those of a batch.
    /// The way to walk the batches of a buffer: go on behind <see cref="SizeInBytes"/>.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> buffer, out RecordBatchView batch)
    {
        batch = default;
        if (buffer.Length < RecordBatchHeader.SizeInBytes)
            return false;
        var batchLength = BinaryPrimitives.ReadInt32BigEndian(buffer[BatchLengthAt..]);
        if (batchLength < BatchLengthMin || batchLength > buffer.Length - LogOverhead || buffer[MagicAt] != CurrentMagic)
            return false;
        batch = new RecordBatchView(buffer[..(LogOverhead + batchLength)]);
        return true;
    }

    /// <summary>The bytes that were given, from the batch's first on.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The (compressed) records.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[RecordBatchHeader.SizeInBytes..SizeInBytes];

    /// <summary>The first record's offset.</summary>
    public long BaseOffset => BinaryPrimitives.ReadInt64BigEndian(_bytes[BaseOffsetAt..]);

    /// <summary>Bytes behind the length field itself.</summary>
    public int BatchLength => BinaryPrimitives.ReadInt32BigEndian(_bytes[BatchLengthAt..]);

    /// <summary>All bytes of the batch.</summary>
    public int SizeInBytes => LogOverhead + BatchLength;

    /// <summary>The epoch of the leader that appended it, or -1.</summary>
    public int PartitionLeaderEpoch => BinaryPrimitives.ReadInt32BigEndian(_bytes[PartitionLeaderEpochAt..]);

    /// <summary>The format: 2.</summary>
    public byte Magic => _bytes[MagicAt];

    /// <summary>The stored checksum.</summary>
    public uint Crc => BinaryPrimitives.ReadUInt32BigEndian(_bytes[CrcAt..]);

    /// <summary>The checksum of what is there.</summary>
    public uint ComputeCrc() => Crc32C.Compute(_bytes[AttributesAt..SizeInBytes]);

    /// <summary>Whether the stored checksum is that of the bytes.</summary>
    public bool IsCrcValid => Crc == ComputeCrc();

    /// <summary>Flags and codec.</summary>
    public short Attributes => BinaryPrimitives.ReadInt16BigEndian(_bytes[AttributesAt..]);

    /// <summary>How the records are compressed; values above <see cref="CompressionCodec.Zstd"/> are unknown.</summary>
    public CompressionCodec Compression => (CompressionCodec)(Attributes & CompressionMask);

    /// <summary>Whose clock the timestamps are from.</summary>
    public TimestampType TimestampType =>
        (Attributes & LogAppendTimeFlag) != 0 ? TimestampType.LogAppendTime : TimestampType.CreateTime;

    /// <summary>Part of a transaction (KIP-98).</summary>
    public bool IsTransactional => (Attributes & TransactionalFlag) != 0;

    /// <summary>Holds a marker of the broker, not records of a client.</summary>
    public bool IsControl => (Attributes & ControlFlag) != 0;

    /// <summary><see cref="BaseTimestamp"/> is when compaction may drop the tombstones (KIP-534).</summary>
    public bool HasDeleteHorizon => (Attributes & DeleteHorizonFlag) != 0;

    /// <summary>The last record's offset less the first's; kept by compaction.</summary>
    public int LastOffsetDelta => BinaryPrimitives.ReadInt32BigEndian(_bytes[LastOffsetDeltaAt..]);

    /// <summary>The last record's offset.</summary>
    public long LastOffset => BaseOffset + LastOffsetDelta;

    /// <summary>The offset behind the last record.</summary>
    public long NextOffset => LastOffset + 1;

    /// <summary>What the records' timestamps are counted from, in milliseconds.</summary>
    public long BaseTimestamp => BinaryPrimitives.ReadInt64BigEndian(_bytes[BaseTimestampAt..]);

    /// <summary>The largest timestamp, or the time of the append.</summary>
    public long MaxTimestamp => BinaryPrimitives.ReadInt64BigEndian(_bytes[MaxTimestampAt..]);

    /// <summary>The producer, or <see cref="NoProducerId"/>.</summary>
    public long ProducerId => BinaryPrimitives.ReadInt64BigEndian(_bytes[ProducerIdAt..]);

    /// <summary>Whether the producer is idempotent.</summary>
    public bool HasProducerId => ProducerId > NoProducerId;

    /// <summary>The producer's epoch, or -1.</summary>
    public short ProducerEpoch => BinaryPrimitives.ReadInt16BigEndian(_bytes[ProducerEpochAt..]);

    /// <summary>The first record's sequence number, or -1.</summary>
    public int BaseSequence => BinaryPrimitives.ReadInt32BigEndian(_bytes[BaseSequenceAt..]);

    /// <summary>The last record's sequence number; it wraps from Int32.MaxValue to 0. -1 without a sequence.</summary>
    public int LastSequence => BaseSequence < 0 ? NoSequence : (int)(((long)BaseSequence + LastOffsetDelta) & int.MaxValue);

    /// <summary>How many records the batch holds; 0 where compaction removed them all.</summary>
    public int RecordCount => BinaryPrimitives.ReadInt32BigEndian(_bytes[RecordCountAt..]);
}

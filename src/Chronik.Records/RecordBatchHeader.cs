using System.Buffers.Binary;

namespace Chronik.Records;

/// <summary>
/// The header of a record batch, format 2: where its fields lie, and how the broker's own fields are patched in place.
/// Everything is big-endian. The CRC covers what follows it, so base offset and leader epoch are patched without it.
/// </summary>
public static class RecordBatchHeader
{
    /// <summary>Bytes of the header: the records follow.</summary>
    public const int SizeInBytes = 61;

    /// <summary>Bytes in front of what <c>batchLength</c> counts: base offset and the length itself.</summary>
    public const int LogOverhead = 12;

    /// <summary>The smallest <c>batchLength</c>: a header without records.</summary>
    public const int BatchLengthMin = SizeInBytes - LogOverhead;

    /// <summary>The format's number.</summary>
    public const byte CurrentMagic = 2;

    /// <summary>"No timestamp" in a record and in the header of a batch without records.</summary>
    public const long NoTimestamp = -1;

    /// <summary>The producer id of a producer that is neither idempotent nor transactional.</summary>
    public const long NoProducerId = -1;

    /// <summary>The epoch that goes with <see cref="NoProducerId"/>.</summary>
    public const short NoProducerEpoch = -1;

    /// <summary>The sequence that goes with <see cref="NoProducerId"/>.</summary>
    public const int NoSequence = -1;

    internal const int BaseOffsetAt = 0;
    internal const int BatchLengthAt = 8;
    internal const int PartitionLeaderEpochAt = 12;
    internal const int MagicAt = 16;
    internal const int CrcAt = 17;
    internal const int AttributesAt = 21;
    internal const int LastOffsetDeltaAt = 23;
    internal const int BaseTimestampAt = 27;
    internal const int MaxTimestampAt = 35;
    internal const int ProducerIdAt = 43;
    internal const int ProducerEpochAt = 51;
    internal const int BaseSequenceAt = 53;
    internal const int RecordCountAt = 57;

    internal const short CompressionMask = 0x07;
    internal const short LogAppendTimeFlag = 0x08;
    internal const short TransactionalFlag = 0x10;
    internal const short ControlFlag = 0x20;
    internal const short DeleteHorizonFlag = 0x40;

    /// <summary>Sets the first record's offset; the CRC does not cover it.</summary>
    public static void SetBaseOffset(Span<byte> batch, long baseOffset) =>
        BinaryPrimitives.WriteInt64BigEndian(batch[BaseOffsetAt..], baseOffset);

    /// <summary>Sets the epoch of the leader that appends it (KIP-101); the CRC does not cover it.</summary>
    public static void SetPartitionLeaderEpoch(Span<byte> batch, int leaderEpoch) =>
        BinaryPrimitives.WriteInt32BigEndian(batch[PartitionLeaderEpochAt..], leaderEpoch);

    /// <summary>Stamps a batch with the broker's time (message.timestamp.type=LogAppendTime) and renews its CRC.</summary>
    /// <param name="batch">Exactly one whole batch.</param>
    /// <param name="timestamp">Milliseconds since 1970.</param>
    public static void SetLogAppendTime(Span<byte> batch, long timestamp)
    {
        var attributes = BinaryPrimitives.ReadInt16BigEndian(batch[AttributesAt..]);
        BinaryPrimitives.WriteInt16BigEndian(batch[AttributesAt..], (short)(attributes | LogAppendTimeFlag));
        SetMaxTimestamp(batch, timestamp);
    }

    /// <summary>Sets the largest timestamp of the records and renews the CRC.</summary>
    /// <param name="batch">Exactly one whole batch.</param>
    /// <param name="timestamp">Milliseconds since 1970.</param>
    public static void SetMaxTimestamp(Span<byte> batch, long timestamp)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch[MaxTimestampAt..], timestamp);
        RenewCrc(batch);
    }

    /// <summary>Computes the CRC-32C anew, after a change behind it.</summary>
    /// <param name="batch">Exactly one whole batch.</param>
    public static void RenewCrc(Span<byte> batch) =>
        BinaryPrimitives.WriteUInt32BigEndian(batch[CrcAt..], Crc32C.Compute(batch[AttributesAt..]));
}

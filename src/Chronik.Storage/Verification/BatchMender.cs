using System.Buffers.Binary;
using Chronik.Records;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Verification;

/// <summary>
/// Mends a batch in which one bit flipped, or a field that the checksum does not cover. Its records must count up to the offsets that
/// were expected.
/// </summary>
internal static class BatchMender
{
    private const int BatchLengthAt = 8;
    private const int LeaderEpochAt = 12;
    private const int MagicAt = 16;

    /// <summary>Mends the bytes in place; true if they are a batch of exactly these offsets afterwards.</summary>
    public static bool TryMend(Span<byte> bytes, long firstOffset, long nextOffset, int leaderEpoch)
    {
        if (bytes.Length < RecordBatchHeader.SizeInBytes)
            return false;

        // What the checksum does not cover is known from the neighbours.
        BinaryPrimitives.WriteInt64BigEndian(bytes, firstOffset);
        BinaryPrimitives.WriteInt32BigEndian(bytes[BatchLengthAt..], bytes.Length - RecordBatchHeader.LogOverhead);
        BinaryPrimitives.WriteInt32BigEndian(bytes[LeaderEpochAt..], leaderEpoch);
        bytes[MagicAt] = RecordBatchHeader.CurrentMagic;
        return FlippedBit.TryMend(bytes) && new RecordBatchView(bytes).NextOffset == nextOffset;
    }
}

using System.Buffers.Binary;
using System.Numerics;
using Chronik.Records;

namespace Chronik.Storage.Verification;

/// <summary>
/// Mends a batch in which one bit flipped: the difference between the stored and the computed CRC-32C tells which. More than
/// one flipped bit looks like one in about n of 2^32 cases (n: bits of the batch), so the records must also be readable and
/// count up to the offsets that were expected.
/// </summary>
internal static class BatchMender
{
    private const int BatchLengthAt = 8;
    private const int LeaderEpochAt = 12;
    private const int MagicAt = 16;
    private const int CrcAt = 17;
    private const int AttributesAt = 21;
    private const uint Polynomial = 0x82F63B78;
    private const int DecompressedBytesMax = 1 << 28;

    private static readonly uint[] s_table = BuildTable();

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
        var stored = BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcAt..]);
        var difference = stored ^ Crc32C.Compute(bytes[AttributesAt..]);
        if (difference != 0 && BitOperations.PopCount(difference) == 1)
            BinaryPrimitives.WriteUInt32BigEndian(bytes[CrcAt..], stored ^ difference);
        else if (difference != 0)
            FlipBack(bytes[AttributesAt..], difference);
        var batch = new RecordBatchView(bytes);
        return batch.IsCrcValid && batch.NextOffset == nextOffset && BatchInspector.FindProblem(batch, DecompressedBytesMax) is null;
    }

    // From the end: what a flipped bit of the last byte makes of the checksum, and then of each byte before it.
    private static void FlipBack(Span<byte> data, uint difference)
    {
        Span<uint> effects = stackalloc uint[8];
        for (var bit = 0; bit < effects.Length; bit++)
            effects[bit] = s_table[1 << bit];
        for (var at = data.Length - 1; at >= 0; at--)
        {
            for (var bit = 0; bit < effects.Length; bit++)
            {
                if (effects[bit] == difference)
                {
                    data[at] ^= (byte)(1 << bit);
                    return;
                }

                effects[bit] = (effects[bit] >> 8) ^ s_table[effects[bit] & 0xff];
            }
        }
    }

    private static uint[] BuildTable()
    {
        var table = new uint[256];
        for (uint value = 0; value < table.Length; value++)
        {
            var state = value;
            for (var bit = 0; bit < 8; bit++)
                state = (state >> 1) ^ ((state & 1) * Polynomial);
            table[value] = state;
        }

        return table;
    }
}

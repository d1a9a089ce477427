using System.Buffers.Binary;
using System.Numerics;
using Chronik.Records;

namespace Chronik.Storage.Segments;

/// <summary>
/// One changed bit in a batch. A CRC-32C is linear: what a flipped bit makes of it depends only on how far from the end the bit
/// is, so the difference between the stored and the computed one tells which it was.
/// </summary>
internal static class FlippedBit
{
    private const int CrcAt = 17;
    private const int AttributesAt = 21;
    private const int DecompressedBytesMax = 1 << 28;

    /// <summary>
    /// Flips it back, in place; true if the batch is sound afterwards. Other damage looks like one bit in about n of 2^32 cases (n: bits of
    /// the batch), so its records must be readable, too.
    /// </summary>
    /// <param name="bytes">All of a batch, whose length and format are right. Where this is false, a bit of it may have changed.</param>
    public static bool TryMend(Span<byte> bytes)
    {
        var stored = BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcAt..]);
        var difference = stored ^ Crc32C.Compute(bytes[AttributesAt..]);
        if (BitOperations.PopCount(difference) == 1)
            BinaryPrimitives.WriteUInt32BigEndian(bytes[CrcAt..], stored ^ difference);
        else if (difference != 0 && !TryFlip(bytes[AttributesAt..], difference))
            return false;
        return RecordBatchView.TryRead(bytes, out var batch) && batch.IsCrcValid && BatchInspector.FindProblem(batch, DecompressedBytesMax) is null;
    }

    // From the end: what a flipped bit of the last byte makes of the checksum, and then of each byte before it.
    private static bool TryFlip(Span<byte> data, uint difference)
    {
        Span<uint> effects = stackalloc uint[8];
        for (var bit = 0; bit < effects.Length; bit++)
            effects[bit] = BitOperations.Crc32C(0u, (byte)(1 << bit));
        for (var at = data.Length - 1; at >= 0; at--)
        {
            for (var bit = 0; bit < effects.Length; bit++)
            {
                if (effects[bit] == difference)
                {
                    data[at] ^= (byte)(1 << bit);
                    return true;
                }

                effects[bit] = BitOperations.Crc32C(effects[bit], (byte)0);
            }
        }

        return false;
    }
}

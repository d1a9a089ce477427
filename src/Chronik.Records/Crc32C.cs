using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Chronik.Records;

/// <summary>
/// CRC-32C (Castagnoli), by the processor's own instruction where it has one. That instruction answers after three cycles
/// but can begin anew in each, so long data are done as three lanes at a time, whose checksums are then joined.
/// </summary>
public static class Crc32C
{
    private const int LongLane = 4096;
    private const int ShortLane = 256;

    private static readonly uint[] s_longShift = BuildShift(LongLane);
    private static readonly uint[] s_shortShift = BuildShift(ShortLane);

    /// <summary>The checksum of <paramref name="data"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>The checksum of what <paramref name="crc"/> is the checksum of (0: nothing), with <paramref name="data"/> behind it.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        var state = ~crc;
        if (data.Length >= 3 * ShortLane)
        {
            state = AppendLanes(state, ref data, LongLane, s_longShift);
            state = AppendLanes(state, ref data, ShortLane, s_shortShift);
        }

        return ~AppendOneLane(state, data);
    }

    internal static uint AppendOneLane(uint state, ReadOnlySpan<byte> data)
    {
        ref var start = ref MemoryMarshal.GetReference(data);
        nuint at = 0;
        var length = (nuint)data.Length;
        for (; at + sizeof(ulong) <= length; at += sizeof(ulong))
            state = BitOperations.Crc32C(state, Word(ref start, at));
        for (; at < length; at++)
            state = BitOperations.Crc32C(state, Unsafe.Add(ref start, at));
        return state;
    }

    /// <summary>Takes as many times three lanes from the front of the data as there are.</summary>
    private static uint AppendLanes(uint state, ref ReadOnlySpan<byte> data, int lane, uint[] shift)
    {
        for (; data.Length >= 3 * lane; data = data[(3 * lane)..])
        {
            ref var first = ref MemoryMarshal.GetReference(data);
            ref var second = ref Unsafe.Add(ref first, lane);
            ref var third = ref Unsafe.Add(ref second, lane);
            uint secondState = 0;
            uint thirdState = 0;
            for (nuint at = 0; at < (nuint)lane; at += sizeof(ulong))
            {
                state = BitOperations.Crc32C(state, Word(ref first, at));
                secondState = BitOperations.Crc32C(secondState, Word(ref second, at));
                thirdState = BitOperations.Crc32C(thirdState, Word(ref third, at));
            }

            state = Shift(shift, Shift(shift, state) ^ secondState) ^ thirdState;
        }

        return state;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(ref byte start, nuint at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at));

    /// <summary>The checksum after a lane of zeros: CRCs are linear, so each of its four bytes is looked up on its own.</summary>
    private static uint Shift(uint[] table, uint state) =>
        table[(byte)state] ^ table[256 + (byte)(state >> 8)] ^ table[512 + (byte)(state >> 16)] ^ table[768 + (state >> 24)];

    private static uint[] BuildShift(int lane)
    {
        var table = new uint[4 * 256];
        for (var bit = 0; bit < 32; bit++)
        {
            var state = 1u << bit;
            for (var at = 0; at < lane; at += sizeof(ulong))
                state = BitOperations.Crc32C(state, 0UL);
            var place = 256 * (bit / 8);
            for (var value = 0; value < 256; value++)
            {
                if ((value & (1 << (bit % 8))) != 0)
                    table[place + value] ^= state;
            }
        }

        return table;
    }
}

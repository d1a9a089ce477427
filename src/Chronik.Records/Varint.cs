using System.Runtime.CompilerServices;

namespace Chronik.Records;

/// <summary>Zigzag varints, as records are made of: at most 5 bytes for an int, 10 for a long.</summary>
internal static class Varint
{
    private const int IntBytesMax = 5;
    private const int LongBytesMax = 10;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> source, ref int at, out int value)
    {
        if ((uint)at < (uint)source.Length)
        {
            uint first = source[at];
            if (first < 0x80)
            {
                at++;
                value = (int)(first >> 1) ^ -(int)(first & 1);
                return true;
            }
        }

        return TryReadSlow(source, ref at, out value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadLong(ReadOnlySpan<byte> source, ref int at, out long value)
    {
        if ((uint)at < (uint)source.Length)
        {
            uint first = source[at];
            if (first < 0x80)
            {
                at++;
                value = (int)(first >> 1) ^ -(int)(first & 1);
                return true;
            }
        }

        return TryReadLongSlow(source, ref at, out value);
    }

    public static int Write(Span<byte> destination, int value)
    {
        var rest = (uint)((value << 1) ^ (value >> 31));
        var at = 0;
        for (; rest >= 0x80; rest >>= 7)
            destination[at++] = (byte)(rest | 0x80);
        destination[at++] = (byte)rest;
        return at;
    }

    public static int WriteLong(Span<byte> destination, long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        var at = 0;
        for (; rest >= 0x80; rest >>= 7)
            destination[at++] = (byte)(rest | 0x80);
        destination[at++] = (byte)rest;
        return at;
    }

    public static int SizeOf(int value) => SizeOfLong(value);

    public static int SizeOfLong(long value)
    {
        var bits = 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)((value << 1) ^ (value >> 63)));
        return Math.Max(1, (bits + 6) / 7);
    }

    private static bool TryReadSlow(ReadOnlySpan<byte> source, ref int at, out int value)
    {
        uint bits = 0;
        for (var i = 0; i < IntBytesMax && (uint)at < (uint)source.Length; i++)
        {
            uint next = source[at++];
            bits |= (next & 0x7f) << (7 * i);
            if (next < 0x80)
            {
                value = (int)(bits >> 1) ^ -(int)(bits & 1);
                return true;
            }
        }

        value = 0;
        return false;
    }

    private static bool TryReadLongSlow(ReadOnlySpan<byte> source, ref int at, out long value)
    {
        ulong bits = 0;
        for (var i = 0; i < LongBytesMax && (uint)at < (uint)source.Length; i++)
        {
            ulong next = source[at++];
            bits |= (next & 0x7f) << (7 * i);
            if (next < 0x80)
            {
                value = (long)(bits >> 1) ^ -(long)(bits & 1);
                return true;
            }
        }

        value = 0;
        return false;
    }
}

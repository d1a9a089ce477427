using System.Buffers.Binary;

namespace Chronik.Records;

/// <summary>
/// One raw Snappy block, decoded into memory that is already there. The library's decoder allocates whatever length a
/// block declares, before it looks at the data.
/// </summary>
internal static class SnappyBlock
{
    // The densest element copies 64 bytes and takes 3; so no honest block declares more.
    private const int ExpansionMax = 22;

    /// <summary>Reads the length that a block declares.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> block, out int length, out int headerLength)
    {
        ulong bits = 0;
        length = 0;
        for (headerLength = 0; headerLength < Math.Min(5, block.Length);)
        {
            ulong next = block[headerLength];
            bits |= (next & 0x7f) << (7 * headerLength);
            headerLength++;
            if (next < 0x80)
            {
                length = (int)Math.Min(bits, int.MaxValue);
                return bits <= (ulong)block.Length * ExpansionMax;
            }
        }

        return false;
    }

    /// <summary>Decodes the elements behind the declared length; they must fill <paramref name="destination"/> exactly.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> elements, Span<byte> destination)
    {
        var at = 0;
        var to = 0;
        while (at < elements.Length)
        {
            var tag = elements[at++];
            int length;
            if ((tag & 3) == 0)
            {
                if (!TryReadLiteralLength(elements, ref at, tag, out length) || length > elements.Length - at || length > destination.Length - to)
                    return false;
                elements.Slice(at, length).CopyTo(destination[to..]);
                at += length;
            }
            else
            {
                if (!TryReadCopy(elements, ref at, tag, out var offset, out length) || offset == 0 || offset > to || length > destination.Length - to)
                    return false;
                CopyWithin(destination, to, (int)offset, length);
            }

            to += length;
        }

        return to == destination.Length;
    }

    private static bool TryReadLiteralLength(ReadOnlySpan<byte> elements, ref int at, byte tag, out int length)
    {
        length = (tag >> 2) + 1;
        if (length <= 60)
            return true;
        var extraBytes = length - 60;
        if (extraBytes > elements.Length - at)
            return false;
        uint bits = 0;
        for (var i = 0; i < extraBytes; i++)
            bits |= (uint)elements[at++] << (8 * i);
        length = (int)Math.Min(bits + 1L, int.MaxValue);
        return true;
    }

    private static bool TryReadCopy(ReadOnlySpan<byte> elements, ref int at, byte tag, out uint offset, out int length)
    {
        offset = 0;
        length = 0;
        var extraBytes = (tag & 3) switch { 1 => 1, 2 => 2, _ => 4 };
        if (extraBytes > elements.Length - at)
            return false;
        var extra = elements[at..];
        (offset, length) = extraBytes switch
        {
            1 => ((uint)(((tag >> 5) << 8) | extra[0]), ((tag >> 2) & 7) + 4),
            2 => (BinaryPrimitives.ReadUInt16LittleEndian(extra), (tag >> 2) + 1),
            _ => (BinaryPrimitives.ReadUInt32LittleEndian(extra), (tag >> 2) + 1),
        };
        at += extraBytes;
        return true;
    }

    private static void CopyWithin(Span<byte> destination, int to, int offset, int length)
    {
        if (offset >= length)
        {
            destination.Slice(to - offset, length).CopyTo(destination[to..]);
            return;
        }

        // The copy reads what it has just written: a repeated pattern.
        for (var end = to + length; to < end; to++)
            destination[to] = destination[to - offset];
    }
}

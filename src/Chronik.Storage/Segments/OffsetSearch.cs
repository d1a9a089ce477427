namespace Chronik.Storage.Segments;

/// <summary>Finds the batch of a segment that holds an offset.</summary>
internal static class OffsetSearch
{
    /// <summary>The batch that holds an offset, or the next behind it; null where there is none.</summary>
    /// <param name="segment">A leased segment.</param>
    /// <param name="end">Where its batches end.</param>
    /// <param name="offset">What is looked for.</param>
    /// <param name="buffer">Of <see cref="HeaderWalk.BufferBytes"/>.</param>
    /// <param name="isDamaged">The offset lies in damage.</param>
    public static LogPosition? Find(Segment segment, int end, long offset, Span<byte> buffer, out bool isDamaged)
    {
        isDamaged = false;
        var walk = new ExaminedWalk(segment, StartFor(segment, end, offset), end, buffer);
        while (walk.MoveNext())
        {
            if (offset < walk.DamagedBelow)
                break;
            var header = walk.Header;
            if (header.LastOffset >= offset)
                return new LogPosition(header.BaseOffset, segment, walk.Position);
        }

        isDamaged = offset < walk.DamagedBelow;
        return null;
    }

    /// <summary>A batch boundary that is certain, at or before the batch that holds an offset.</summary>
    public static LogPosition StartFor(Segment segment, int end, long offset)
    {
        var anchor = Anchor.AtMost(segment, offset, end);
        if (segment.Cold is not { } cold || anchor.Position >= cold.EndPosition)
            return anchor;
        var examined = cold.Examine(offset);
        return anchor.Position > examined.Position ? anchor : examined;
    }
}

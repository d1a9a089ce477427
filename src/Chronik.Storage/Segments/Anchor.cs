using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Segments;

/// <summary>Batch boundaries of a segment that are certain: its start, and entries of the offset index that the log itself confirms.</summary>
internal static class Anchor
{
    private const int EntriesTried = 8;
    private const int BatchesTried = 64;

    /// <summary>The last that is known at or before the batch which holds an offset, below a position.</summary>
    public static LogPosition AtMost(Segment segment, long offset, int end)
    {
        var index = segment.OffsetIndex.EntryAtMost(offset);
        for (var tries = 0; index >= 0 && tries < EntriesTried; index--, tries++)
        {
            if (TryConfirm(segment, segment.OffsetIndex.EntryAt(index), end) is { } found)
                return found;
        }

        return new LogPosition(segment.BaseOffset, segment, 0);
    }

    // What cannot be read confirms nothing.
    private static LogPosition? TryConfirm(Segment segment, (long Offset, int Position) entry, int end)
    {
        try
        {
            return Confirm(segment, entry, end);
        }
        catch (IOException error) when (SectorReader.IsUnreadable(error))
        {
            return null;
        }
    }

    // Where an entry points there is a batch, and one of its last offset at or soon behind it: Kafka's entries may stand for
    // several batches that were appended at once.
    private static LogPosition? Confirm(Segment segment, (long Offset, int Position) entry, int end)
    {
        if (entry.Position < 0 || entry.Position >= end)
            return null;
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        var walk = new HeaderWalk(segment.File, entry.Position, end, buffer);
        LogPosition? first = null;
        for (var tries = 0; tries < BatchesTried && walk.MoveNext() && walk.Header.LastOffset <= entry.Offset; tries++)
        {
            first ??= new LogPosition(walk.Header.BaseOffset, segment, walk.Position);
            if (walk.Header.LastOffset == entry.Offset)
                return first.Value.Offset >= segment.BaseOffset ? first : null;
        }

        return null;
    }
}

using Chronik.Storage.Producers;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Log;

/// <summary>A partition log at one moment, as its readers see it.</summary>
internal readonly record struct LogView(
    long StartOffset, LogPosition End, LogPosition HighWatermark, UnstableTransaction? FirstUnstable, Segment[] Segments)
{
    /// <summary>Never below the log's start: the first records of an open transaction may be deleted.</summary>
    public long LastStableOffset =>
        FirstUnstable is { } transaction ? Math.Min(Math.Max(transaction.FirstOffset, StartOffset), HighWatermark.Offset) : HighWatermark.Offset;

    /// <summary>The index of the segment that an offset belongs to.</summary>
    public int SegmentOf(long offset)
    {
        var low = 0;
        var high = Segments.Length - 1;
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            if (Segments[middle].BaseOffset <= offset)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    /// <summary>Bytes of whole, written batches.</summary>
    public int SizeOf(Segment segment) => ReferenceEquals(segment, End.Segment) ? End.Position : segment.SizeBytes;
}

using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Log;

/// <content>Reading, and finding by time.</content>
internal sealed partial class PartitionLog
{
    public ReadResult Read(long offset, int bytesMax, ReadBound bound, bool atLeastOneBatch)
    {
        while (true)
        {
            LogView view;
            LogPosition? known;
            lock (_viewLock)
            {
                view = ViewLocked();
                known = _boundaries.Find(offset);
            }

            try
            {
                var result = LogReader.Read(view, known, offset, bytesMax, bound, atLeastOneBatch);
                if (!LogReader.IsRetry(result))
                    return result;
                if (_isReleased)
                    return Failed(view);
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException)
            {
                // A file that was deleted while it was closed: look again without it.
                if (!_isReleased && !ReferenceEquals(View().Segments, view.Segments))
                    continue;
                if (!_isReleased)
                    _context.Logger.ReadFailed(TopicPartition, error);
                return Failed(view);
            }
        }
    }

    public IReadOnlyList<long> SegmentBaseOffsets()
    {
        var view = View();
        return [view.StartOffset, .. view.Segments.Select(static segment => segment.BaseOffset).Where(offset => offset > view.StartOffset)];
    }

    public OffsetAndTimestamp? FindOffset(long timestamp)
    {
        var view = View();
        foreach (var segment in view.Segments)
        {
            if (segment.LargestTimestamp >= timestamp && FindIn(view, segment, timestamp) is { } found)
                return found;
        }

        return null;
    }

    public OffsetAndTimestamp? FindMaxTimestamp()
    {
        var view = View();
        return view.Segments.MaxBy(static segment => segment.LargestTimestamp) is { LargestTimestamp: >= 0 } segment
            ? FindIn(view, segment, segment.LargestTimestamp)
            : null;
    }

    private static OffsetAndTimestamp? FindIn(in LogView view, Segment segment, long timestamp)
    {
        if (!segment.TryLease())
            return null;
        try
        {
            return TimestampSearch.FirstAtOrAfter(segment, view.SizeOf(segment), timestamp, view.StartOffset);
        }
        finally
        {
            segment.Release();
        }
    }

    private ReadResult Failed(in LogView view) =>
        new(StateError(), RecordData.Null, view.HighWatermark.Offset, view.LastStableOffset, view.StartOffset, []);
}

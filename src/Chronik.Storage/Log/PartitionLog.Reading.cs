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
                if (!_isReleased && error is not UnreadableRangeException)
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

    public OffsetAndTimestamp? FindOffset(long timestamp, ReadBound bound) =>
        FindByTime(bound, (view, limitOffset) =>
        {
            foreach (var segment in view.Segments)
            {
                if (segment.BaseOffset >= limitOffset)
                    break;
                if (segment.LargestTimestamp >= timestamp && TimestampSearch.FirstAtOrAfter(segment, view, timestamp, limitOffset) is { } found)
                    return found;
            }

            return null;
        });

    public OffsetAndTimestamp? FindMaxTimestamp(ReadBound bound) =>
        FindByTime(bound, static (view, limitOffset) =>
        {
            var largest = -1L;
            Segment? first = null;
            foreach (var segment in view.Segments)
            {
                if (segment.BaseOffset < limitOffset && TimestampSearch.Largest(segment, view, limitOffset) is var here && here > largest)
                    (largest, first) = (here, segment);
            }

            return first is null ? null : TimestampSearch.FirstAtOrAfter(first, view, largest, limitOffset);
        });

    // What was deleted meanwhile is looked for again, without it.
    private OffsetAndTimestamp? FindByTime(ReadBound bound, Func<LogView, long, OffsetAndTimestamp?> find)
    {
        while (true)
        {
            var view = View();
            var leased = 0;
            try
            {
                while (leased < view.Segments.Length && view.Segments[leased].TryLease())
                    leased++;
                if (leased == view.Segments.Length)
                    return find(view, LogReader.LimitOf(view, bound));
                if (_isReleased)
                    return null;
            }
            catch (IOException) when (!_isReleased && !ReferenceEquals(View().Segments, view.Segments))
            {
            }
            finally
            {
                foreach (var segment in view.Segments.AsSpan(0, leased))
                    segment.Release();
            }
        }
    }

    private ReadResult Failed(in LogView view) =>
        new(StateError(), RecordData.Null, view.HighWatermark.Offset, view.LastStableOffset, view.StartOffset, []);
}

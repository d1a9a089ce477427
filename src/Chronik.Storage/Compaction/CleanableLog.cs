using Chronik.Storage.Log;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Compaction;

/// <summary>A compacted log, and what of it could be compacted now; the rules are those of Kafka's LogCleanerManager.</summary>
/// <param name="Log">The log.</param>
/// <param name="FirstDirtyOffset">Everything below it was compacted before.</param>
/// <param name="FirstUncleanableOffset">Where a segment begins that must not be touched.</param>
/// <param name="CleanableBytes">Bytes between the two.</param>
/// <param name="TotalBytes">Those, and what was compacted before.</param>
/// <param name="IsOverdue">max.compaction.lag.ms has passed.</param>
internal sealed record CleanableLog(
    PartitionLog Log, long FirstDirtyOffset, long FirstUncleanableOffset, long CleanableBytes, long TotalBytes, bool IsOverdue)
{
    /// <summary>The dirty part of it, 0 to 1.</summary>
    public double Ratio => TotalBytes == 0 ? 0 : (double)CleanableBytes / TotalBytes;

    /// <summary>Whether it should be compacted.</summary>
    public bool IsDue => CleanableBytes > 0 && (IsOverdue || Ratio > Log.Config.MinCleanableDirtyRatio);

    public static CleanableLog Measure(PartitionLog log, long? lastCleanOffset, long nowMs)
    {
        var view = log.CurrentView;
        var config = log.Config;

        // Offsets that the log does not have (any more): all of it counts as dirty.
        var firstDirty = lastCleanOffset is { } clean && clean >= view.StartOffset && clean <= view.End.Offset ? clean : view.StartOffset;
        var active = view.Segments.Length - 1;
        var dirty = view.SegmentOf(firstDirty);
        var uncleanable = Math.Min(view.SegmentOf(view.LastStableOffset), active);
        if (config.MinCompactionLagMs > 0)
        {
            var young = Array.FindIndex(view.Segments, dirty, segment => segment.LargestTimestamp > nowMs - config.MinCompactionLagMs);
            uncleanable = young < 0 ? uncleanable : Math.Min(uncleanable, young);
        }

        uncleanable = Math.Max(uncleanable, dirty);
        return new CleanableLog(
            log,
            firstDirty,
            view.Segments[uncleanable].BaseOffset,
            Bytes(view.Segments.AsSpan(dirty..uncleanable)),
            Bytes(view.Segments.AsSpan(..uncleanable)) + (firstDirty > view.Segments[dirty].BaseOffset && dirty < uncleanable ? view.Segments[dirty].SizeBytes : 0),
            IsLate(view.Segments.AsSpan(Math.Min(dirty, active)..active), config, nowMs));
    }

    private static bool IsLate(ReadOnlySpan<Segment> segments, LogConfig config, long nowMs)
    {
        foreach (var segment in segments)
        {
            if (segment.FirstTimestamp is > 0 and var first && first < nowMs - config.MaxCompactionLagMs)
                return true;
        }

        return false;
    }

    private static long Bytes(ReadOnlySpan<Segment> segments)
    {
        var bytes = 0L;
        foreach (var segment in segments)
            bytes += segment.SizeBytes;
        return bytes;
    }
}

using Chronik.Storage.Segments;

namespace Chronik.Storage.Verification;

/// <summary>Where a segment stands in its log, as far as other files tell.</summary>
/// <param name="BaseOffset">Of the segment, by its name.</param>
/// <param name="FollowingOffset">Where the next segment begins; the largest number if it is the last.</param>
/// <param name="DurableOffset">What lies below it was durable (the recovery point).</param>
/// <param name="EndOffset">The log's end at a clean stop; -1 where that is not known.</param>
/// <param name="Gaps">Which offsets may be missing.</param>
internal sealed record SegmentPlace(long BaseOffset, long FollowingOffset, long DurableOffset, long EndOffset, KnownGaps Gaps)
{
    /// <summary>What the file beside a compacted segment knows of its batches.</summary>
    public BatchOffsets? Known { get; init; }

    public bool IsLast => FollowingOffset == long.MaxValue;

    public bool IsGapKnown(long from, long to) => Gaps.Contains(from, to);
}

namespace Chronik.Coordination.Offsets;

/// <summary>Where a group goes on reading a partition.</summary>
/// <param name="Offset">The next offset to read.</param>
/// <param name="LeaderEpoch">The epoch of the record before it (KIP-320); -1: the client did not say.</param>
/// <param name="Metadata">The client's own words; null counts as none.</param>
/// <param name="CommittedAt">When it was committed.</param>
/// <param name="ExpiresAt">When it is forgotten because the client said so (OffsetCommit v2 to v4); null: by the broker's retention.</param>
public sealed record CommittedOffset(
    long Offset, int LeaderEpoch, string? Metadata, DateTimeOffset CommittedAt, DateTimeOffset? ExpiresAt = null)
{
    /// <summary>A leader epoch that nobody named.</summary>
    public const int NoLeaderEpoch = -1;
}

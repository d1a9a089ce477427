using Chronik.Protocol;

namespace Chronik.Coordination.Offsets;

/// <summary>What OffsetFetch says of a partition.</summary>
/// <param name="Offset">The committed offset; -1: none.</param>
/// <param name="LeaderEpoch">Its leader epoch; -1: none.</param>
/// <param name="Metadata">The words committed with it; "" for none.</param>
/// <param name="Error">Why there is no offset, if there might be one.</param>
public readonly record struct FetchedOffset(long Offset, int LeaderEpoch, string Metadata, ErrorCode Error)
{
    /// <summary>Nothing was committed: the client starts where its auto.offset.reset says.</summary>
    public static FetchedOffset None { get; } = new(-1, CommittedOffset.NoLeaderEpoch, "", ErrorCode.None);

    /// <summary>An error in place of an offset.</summary>
    public static FetchedOffset Failed(ErrorCode error) => None with { Error = error };
}

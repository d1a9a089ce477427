using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Broker.Fetching;

/// <summary>What was read for one partition of a Fetch.</summary>
/// <param name="Target">Which one.</param>
/// <param name="Log">Its log; null where there is none.</param>
/// <param name="Error">NONE, or the partition's error.</param>
/// <param name="Read">Records and offsets.</param>
/// <param name="Diverging">Where the client's log stopped being this one's (KIP-595), or null.</param>
internal readonly record struct FetchedPartition(
    FetchTarget Target,
    IPartitionLog? Log,
    ErrorCode Error,
    ReadResult Read,
    EpochEndOffset? Diverging)
{
    /// <summary>The client of a session must hear of it: records, an error, or other offsets than it was told.</summary>
    public bool IsNews =>
        Error != ErrorCode.None
        || Diverging is not null
        || Read.Records.Length > 0
        || Read.HighWatermark != Target.ToldHighWatermark
        || Read.LogStartOffset != Target.ToldLogStartOffset;
}

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
    EpochEndOffset? Diverging);

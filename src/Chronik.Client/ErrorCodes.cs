using Chronik.Protocol;

namespace Chronik.Client;

/// <summary>What a client does about an error.</summary>
public static class ErrorCodes
{
    /// <summary>Whether the same request may succeed later, or at another broker.</summary>
    public static bool IsRetriable(this ErrorCode error) => error.NeedsMetadata() || error.NeedsCoordinator() || error is
        ErrorCode.CorruptMessage or ErrorCode.RequestTimedOut or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend
        or ErrorCode.OffsetNotAvailable or ErrorCode.UnstableOffsetCommit or ErrorCode.ThrottlingQuotaExceeded;

    /// <summary>Whether another broker leads the partition now, so that the cluster has to be looked at anew.</summary>
    public static bool NeedsMetadata(this ErrorCode error) => error is
        ErrorCode.UnknownTopicOrPartition or ErrorCode.LeaderNotAvailable or ErrorCode.NotLeaderOrFollower
        or ErrorCode.ReplicaNotAvailable or ErrorCode.NetworkException or ErrorCode.KafkaStorageError
        or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch or ErrorCode.NotController;

    /// <summary>Whether the group's or transaction's coordinator has to be looked for anew.</summary>
    public static bool NeedsCoordinator(this ErrorCode error) => error is
        ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator;
}

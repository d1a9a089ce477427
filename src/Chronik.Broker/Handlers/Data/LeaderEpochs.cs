using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Broker.Handlers.Data;

/// <summary>Compares the leader epoch that a client believes in with the partition's (KIP-320).</summary>
internal static class LeaderEpochs
{
    private const int Unknown = -1;

    /// <summary>NONE, FENCED_LEADER_EPOCH for a client that is behind, UNKNOWN_LEADER_EPOCH for one that is ahead.</summary>
    public static ErrorCode Check(IPartitionLog log, int clientEpoch)
    {
        int epoch = log.LeaderEpoch;
        return clientEpoch == Unknown || clientEpoch == epoch ? ErrorCode.None
            : clientEpoch < epoch ? ErrorCode.FencedLeaderEpoch
            : ErrorCode.UnknownLeaderEpoch;
    }
}

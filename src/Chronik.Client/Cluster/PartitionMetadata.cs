using Chronik.Protocol;

namespace Chronik.Client;

/// <summary>What brokers say of a partition.</summary>
/// <param name="Index">Its index.</param>
/// <param name="Error">Why it cannot be used, or none.</param>
/// <param name="LeaderId">The broker that leads it; -1 where none does.</param>
/// <param name="LeaderEpoch">The leader's epoch; -1 where it is not known.</param>
/// <param name="Replicas">The brokers that hold it.</param>
/// <param name="InSyncReplicas">Those of them that are in sync.</param>
public sealed record PartitionMetadata(
    int Index, ErrorCode Error, int LeaderId, int LeaderEpoch, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSyncReplicas);

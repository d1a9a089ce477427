namespace Chronik.Coordination.Assignors;

/// <summary>A topic as far as an assignor cares.</summary>
/// <param name="PartitionCount">How many partitions it has.</param>
/// <param name="ReplicaRacks">
/// For each partition the racks of its replicas, a null for a replica without a rack; null when no broker has a rack.
/// </param>
public sealed record TopicLayout(int PartitionCount, IReadOnlyList<IReadOnlyList<string?>>? ReplicaRacks = null);

namespace Chronik.Server.Output;

/// <summary>A partition; offsets are -1 where it has no leader to ask.</summary>
internal sealed record PartitionRow(
    int Partition, int Leader, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSync, long FirstOffset, long EndOffset);

using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>What a member says it had before this rebalance.</summary>
/// <param name="Partitions">The partitions it had.</param>
/// <param name="Generation">In which generation, or null where it does not say.</param>
internal readonly record struct PreviousClaim(IReadOnlyList<TopicPartition> Partitions, int? Generation)
{
    /// <summary>The generation of those that do not say.</summary>
    public const int NoGeneration = -1;
}

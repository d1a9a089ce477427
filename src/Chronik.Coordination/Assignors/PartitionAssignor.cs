using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>What all assignors share: subscriptions are decoded before, assignments are encoded after.</summary>
internal abstract class PartitionAssignor : IPartitionAssignor
{
    public abstract string Name { get; }

    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Assign(AssignmentInput input) =>
        AssignPartitions(GroupSubscription.Decode(input))
            .ToDictionary(pair => pair.Key, pair => SubscriptionCodec.WriteAssignment(pair.Value), StringComparer.Ordinal);

    /// <summary>Gives each member, by its id, an ordered list of partitions.</summary>
    protected abstract Dictionary<string, List<TopicPartition>> AssignPartitions(GroupSubscription group);
}

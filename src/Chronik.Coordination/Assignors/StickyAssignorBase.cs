using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>
/// Balances while leaving each partition with its previous owner where it can. Groups in which all subscribe to the
/// same topics, nearly all groups, take a fast way; the others are balanced step by step.
/// </summary>
internal abstract class StickyAssignorBase : PartitionAssignor
{
    protected abstract PreviousClaim ClaimOf(MemberSubscription member);

    protected override Dictionary<string, List<TopicPartition>> AssignPartitions(GroupSubscription group) =>
        Balance(group, out _).Assignment;

    /// <summary>Balances, and tells which partitions go to a new owner, or null when that is for the caller to find out.</summary>
    protected (Dictionary<string, List<TopicPartition>> Assignment, Dictionary<TopicPartition, string>? Moving) Balance(
        GroupSubscription group,
        out PreviousOwners previous)
    {
        previous = new PreviousOwners(group, ClaimOf);
        if (group.Members.Count == 0)
            return ([], []);
        var racks = new StickyRacks(group);
        if (!previous.SubscriptionsAreEqual)
            return (new MixedSubscriptionsBalancer(group, previous, racks).Balance(), null);
        var balancer = new EqualSubscriptionsBalancer(group, previous, racks);
        return (balancer.Balance(), balancer.Moving);
    }
}

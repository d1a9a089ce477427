using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>
/// The sticky assignor for cooperative rebalancing (KIP-429): members keep what they own while they rejoin, so a
/// partition that moves is left out of this round and given away in the next, when its owner has let go of it.
/// </summary>
internal sealed class CooperativeStickyAssignor : StickyAssignorBase
{
    public override string Name => "cooperative-sticky";

    protected override PreviousClaim ClaimOf(MemberSubscription member)
    {
        if (member.Generation is not null)
            return new PreviousClaim(member.OwnedPartitions, member.Generation);
        return new PreviousClaim(
            member.OwnedPartitions,
            member.UserData is { } userData ? StickyUserData.ReadGeneration(userData) : null);
    }

    protected override Dictionary<string, List<TopicPartition>> AssignPartitions(GroupSubscription group)
    {
        var (assignment, moving) = Balance(group, out var previous);
        foreach (var (partition, memberId) in moving ?? FindMoving(group, previous, assignment))
            assignment[memberId].Remove(partition);
        return assignment;
    }

    private static Dictionary<TopicPartition, string> FindMoving(
        GroupSubscription group,
        PreviousOwners previous,
        Dictionary<string, List<TopicPartition>> assignment)
    {
        var added = new Dictionary<TopicPartition, string>();
        var revoked = new HashSet<TopicPartition>();
        foreach (var member in group.Members)
        {
            var assigned = assignment[member.MemberId].ToHashSet();
            revoked.UnionWith(member.OwnedPartitions.Where(partition => !assigned.Contains(partition)));

            // A void claim on a partition that another still owns does not count as owning it.
            var owned = member.OwnedPartitions.Where(partition => previous.OwnerOf(partition) is not { } owner || owner == member).ToHashSet();
            foreach (var partition in assigned)
            {
                if (!owned.Contains(partition))
                    added[partition] = member.MemberId;
            }
        }

        return added.Where(pair => revoked.Contains(pair.Key)).ToDictionary();
    }
}

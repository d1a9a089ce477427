using Chronik.Coordination.Assignors;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic.Subscriptions;

/// <summary>
/// Topics that exist, that members subscribe to, and of which a leader's assignment gives no partition to anyone. None of the
/// assignors that the server knows does that: the leader had no metadata of them yet when it assigned (kafka-python from 2.0
/// to 3.0.12 asks for them only then).
/// </summary>
internal static class ForgottenTopics
{
    /// <summary>Their names in order; none where the group, its subscriptions or the assignment cannot be read.</summary>
    public static IReadOnlyList<string> In(
        ClassicGroup group, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> assignment, Func<string, int?> partitionCount)
    {
        // A list without members is no assignor's work: every one of them gives each member its part, be it empty.
        if (assignment.Count == 0 || !Rescue.IsComputable(group, out _) || !TryReadAssigned(assignment.Values, out var assigned))
            return [];
        var forgotten = new SortedSet<string>(StringComparer.Ordinal);
        var owned = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in group.Members.All)
        {
            if (!TryReadSubscription(member, group.ProtocolName, out var subscription))
                return [];
            forgotten.UnionWith(subscription.Topics.Where(topic => !assigned.Contains(topic)));
            owned.UnionWith(subscription.OwnedPartitions.Select(static partition => partition.Topic));
        }

        // What someone still owns is rightly left out while it moves to another (KIP-429).
        forgotten.ExceptWith(owned);
        forgotten.RemoveWhere(topic => partitionCount(topic) is not > 0);
        return [.. forgotten];
    }

    private static bool TryReadAssigned(IEnumerable<ReadOnlyMemory<byte>> assignments, out HashSet<string> topics)
    {
        topics = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (var bytes in assignments)
            {
                foreach (var topic in ConsumerProtocol.ReadAssignment(bytes).AssignedPartitions.Where(static topic => topic.Partitions.Count > 0))
                    topics.Add(topic.Topic);
            }

            return true;
        }
        catch (ProtocolException)
        {
            return false;
        }
    }

    private static bool TryReadSubscription(GroupMember member, string? protocol, out MemberSubscription subscription)
    {
        try
        {
            subscription = SubscriptionCodec.ReadSubscription(new AssignmentMember(member.MemberId, member.InstanceId, member.MetadataFor(protocol)));
            return true;
        }
        catch (AssignmentException)
        {
            subscription = null!;
            return false;
        }
    }
}

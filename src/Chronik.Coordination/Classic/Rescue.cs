using System.Diagnostics.CodeAnalysis;
using Chronik.Coordination.Assignors;
using Chronik.Coordination.Classic.History;
using Chronik.Coordination.Classic.Subscriptions;

namespace Chronik.Coordination.Classic;

/// <summary>
/// A leader that falls silent after the join phase leaves all others without work for as long as the largest rebalance
/// timeout (300 s by default in Kafka). Where the server can compute exactly what that leader would have computed it does
/// so after a few seconds; where it cannot it never invents an assignment.
/// </summary>
internal static class Rescue
{
    /// <summary>Whether the server can compute the assignment of this group's generation.</summary>
    public static bool IsComputable(ClassicGroup group, [NotNullWhen(true)] out IPartitionAssignor? assignor)
    {
        assignor = null;
        return group is { ProtocolType: ClassicGroup.ConsumerProtocolType, ProtocolName: { } name }
            && PartitionAssignors.TryGet(name, out assignor);
    }

    /// <summary>The leader has been silent for the rescue time: one slow or missing follower does not matter.</summary>
    public static void Fire(GroupWork work)
    {
        work.Group = work.Group with { Sync = work.Group.Sync! with { RescueDeadline = null } };
        if (work.Phase != ClassicGroupPhase.CompletingRebalance || work.Group.Sync is not { IsAnnounced: true, Pending: null })
            return;
        var leader = work.Group.LeaderMember;
        var silence = $"sent no SyncGroup for {work.Settings.Rescue.TotalSeconds:0.#} s";
        if (!IsComputable(work.Group, out var assignor))
        {
            Tell(work, GroupNoticeKind.LeaderSilent, leader, $"{silence}; the server does not compute '{work.Group.ProtocolName}' of type '{work.Group.ProtocolType}'");
            return;
        }

        try
        {
            var assignment = Compute(work);
            Tell(work, GroupNoticeKind.LeaderRescued, leader, $"{silence}; the server computed '{assignor.Name}' for {work.Members.Count} members in its place");
            SyncPhase.Store(work, new PendingAssignment(assignment, ByServer: true));
        }
        catch (AssignmentException e)
        {
            Tell(work, GroupNoticeKind.LeaderSilent, leader, $"{silence}; the server cannot stand in for it: {e.Message}");
        }
    }

    /// <summary>The leader has been silent for as long as the operator puts up with: it goes, the others go on.</summary>
    public static void Evict(GroupWork work)
    {
        work.Group = work.Group with { Sync = work.Group.Sync! with { EvictDeadline = null } };
        if (work.Phase != ClassicGroupPhase.CompletingRebalance || work.Group.Sync is not { IsAnnounced: true, Pending: null }
            || work.Group.LeaderMember is not { } leader)
            return;
        Tell(work, GroupNoticeKind.LeaderEvicted, leader, $"sent no SyncGroup for {work.Settings.RescueEvict.TotalSeconds:0.#} s and is removed");
        work.Remove(leader);
        JoinPhase.Prepare(work, RebalanceCause.LeaderEvicted, leader);
    }

    /// <summary>What the elected assignor, which the server knows, gives to each member.</summary>
    /// <exception cref="AssignmentException">A member's subscription cannot be read.</exception>
    public static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Compute(GroupWork work) =>
        IsComputable(work.Group, out var assignor)
            ? assignor.Assign(InputOf(work))
            : throw new AssignmentException($"The server does not compute '{work.Group.ProtocolName}'.");

    /// <summary>Names the leader and what it did: to the log, and in the group's history.</summary>
    public static void Tell(GroupWork work, GroupNoticeKind kind, GroupMember? leader, string detail)
    {
        work.Notice(kind, detail, leader);
        work.Remember(history => history.Note($"the leader, {(leader is null ? "unknown" : Names.Of(leader))}, {detail}"));
    }

    private static AssignmentInput InputOf(GroupWork work)
    {
        var members = new List<AssignmentMember>(work.Members.Count);
        var topics = new Dictionary<string, TopicLayout>(StringComparer.Ordinal);
        foreach (var member in work.Members.All)
        {
            var metadata = member.MetadataFor(work.Group.ProtocolName);
            members.Add(new AssignmentMember(member.MemberId, member.InstanceId, metadata));
            if (!ConsumerSubscriptions.TryReadTopics(metadata, out var subscribed))
                continue;
            foreach (var topic in subscribed)
            {
                if (!topics.ContainsKey(topic) && work.PartitionCount(topic) is { } count)
                    topics.Add(topic, new TopicLayout(count));
            }
        }

        return new AssignmentInput(members, topics);
    }
}

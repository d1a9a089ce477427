using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Classic.History;
using Chronik.Coordination.Classic.Subscriptions;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic;

/// <summary>
/// A static member that comes back without a member id takes its predecessor's place under a new one (KIP-345): two
/// processes with one instance id cannot both be members, the older is fenced.
/// </summary>
internal static class StaticMembers
{
    public static void Replace(GroupWork work, JoinCommand join, string predecessorId)
    {
        work.Members.TryGet(predecessorId, out var old);
        var wasLeader = work.Group.Leader == predecessorId;
        work.AnswerParked(old!, ErrorCode.FencedInstanceId);
        var next = old! with
        {
            MemberId = join.NewMemberId,
            Client = join.Client,
            SessionTimeout = join.SessionTimeout,
            RebalanceTimeout = join.RebalanceTimeout,
            Protocols = join.Protocols,
            JoinRequest = join.Request,
            SyncRequest = null,
            SessionDeadline = null,
            KnowsItsId = false,
            IsDisconnected = false,
            JoinedAt = work.Now,
            LastHeardAt = work.Now,
            Replaces = null,
        };
        Swap(work, old, next, wasLeader);
        work.Notice(GroupNoticeKind.StaticMemberReplaced, $"takes the place of {old.MemberId}, which is fenced", next);
        work.Remember(history => history.Note($"{Names.Of(next)} takes the place of {old.MemberId}"));
        if (work.Phase == ClassicGroupPhase.PreparingRebalance)
        {
            JoinPhase.MaybeComplete(work);
        }
        else if (work.Phase == ClassicGroupPhase.Stable && KeepsItsAssignment(work.Group, old, next))
        {
            var undo = old.Replaces ?? new StaticReplacement(old, wasLeader, join.MaySkipAssignment);
            work.Put(next with { Replaces = undo with { MaySkipAssignment = join.MaySkipAssignment } });
            work.Save(GroupWriteKind.Replaced, memberId: next.MemberId);
        }
        else
        {
            // The leader may have computed with the old id: what it assigns to that, the new one would never get.
            JoinPhase.Prepare(work, RebalanceCause.StaticMemberReplaced, next, join.Reason);
        }
    }

    /// <summary>It is stored: the member learns its id and goes on with the assignment that its predecessor had.</summary>
    public static void Confirm(GroupWork work, GroupMember member)
    {
        var group = work.Group;
        var replacement = member.Replaces!;
        var answer = JoinAdmission.CurrentGeneration(group, member, member.JoinRequest!.Value);
        if (replacement.MaySkipAssignment)
            answer = answer with { SkipAssignment = group.Leader == member.MemberId };
        else if (replacement.WasLeader)
            // An older client that found itself to be the leader would compute an assignment that nobody waits for.
            answer = answer with { Leader = replacement.Old.MemberId, Members = [] };
        work.Answer(answer);
        work.Put(Settled(work, member) with { KnowsItsId = true });
    }

    /// <summary>It could not be stored: the predecessor is back, as if nobody had come.</summary>
    public static void Revert(GroupWork work, GroupMember member)
    {
        var replacement = member.Replaces!;
        work.AnswerParked(member with { MemberId = "" }, ErrorCode.CoordinatorNotAvailable);
        Swap(work, member, Settled(work, replacement.Old), work.Group.Leader == member.MemberId);
    }

    private static GroupMember Settled(GroupWork work, GroupMember member) => member with
    {
        JoinRequest = null,
        SyncRequest = null,
        Replaces = null,
        SessionDeadline = work.Now.Uptime + member.SessionTimeout,
    };

    private static void Swap(GroupWork work, GroupMember old, GroupMember next, bool isLeader)
    {
        work.Group = work.Group with
        {
            Members = work.Members.Without(old),
            Leader = isLeader ? next.MemberId : work.Group.Leader,
        };
        work.Put(next);
    }

    /// <summary>
    /// Nothing need be assigned anew if the next generation would elect the same protocol. Kafka looks no further; a
    /// consumer that came back with other topics would then never get them, so here those count too.
    /// </summary>
    private static bool KeepsItsAssignment(ClassicGroup group, GroupMember old, GroupMember next)
    {
        var leader = group.LeaderMember ?? next;
        if (!string.Equals(ProtocolChoice.Elect(group.Members, leader), group.ProtocolName, StringComparison.Ordinal))
            return false;
        return group.ProtocolType != ClassicGroup.ConsumerProtocolType
            || !ConsumerSubscriptions.TryReadTopics(old.MetadataFor(group.ProtocolName), out var before)
            || !ConsumerSubscriptions.TryReadTopics(next.MetadataFor(group.ProtocolName), out var after)
            || before.SetEquals(after);
    }
}

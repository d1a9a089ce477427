using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Classic.History;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic;

/// <summary>Who may join, as whom, and whether that takes a rebalance.</summary>
internal static class JoinAdmission
{
    public static void Join(GroupWork work, JoinCommand join)
    {
        if (join.SessionTimeout < work.Settings.SessionTimeoutMin || join.SessionTimeout > work.Settings.SessionTimeoutMax)
            Refuse(work, join, ErrorCode.InvalidSessionTimeout, join.MemberId);
        else if (!HasRoom(work, join))
            RefuseForSize(work, join);
        else if (!ProtocolChoice.IsCompatible(work.Group, join))
            Refuse(work, join, ErrorCode.InconsistentGroupProtocol, join.MemberId);
        else if (join.MemberId.Length == 0)
            JoinWithoutId(work, join);
        else
            JoinWithId(work, join);
    }

    /// <summary>The answer that names the generation as it is now.</summary>
    public static JoinAnswer CurrentGeneration(ClassicGroup group, GroupMember member, RequestId request) =>
        new(request, ErrorCode.None, member.MemberId)
        {
            Generation = group.Generation,
            ProtocolType = group.ProtocolType,
            ProtocolName = group.ProtocolName,
            Leader = group.Leader ?? "",
            Members = member.MemberId == group.Leader ? JoinPhase.MembersForLeader(group) : [],
        };

    private static void JoinWithoutId(GroupWork work, JoinCommand join)
    {
        if (join.InstanceId is { } instance && work.Members.IdOfInstance(instance) is { } predecessor)
        {
            StaticMembers.Replace(work, join, predecessor);
        }
        else if (join.InstanceId is null && join.MustKnowMemberId)
        {
            work.PutPending(new PendingMember(join.NewMemberId, join.Client, work.Now.Uptime + join.SessionTimeout));
            Refuse(work, join, ErrorCode.MemberIdRequired, join.NewMemberId);
        }
        else
        {
            Add(work, join, join.NewMemberId, knowsItsId: false);
        }
    }

    private static void JoinWithId(GroupWork work, JoinCommand join)
    {
        if (join.InstanceId is null && work.Members.IsPending(join.MemberId))
        {
            Add(work, join, join.MemberId, knowsItsId: true);
            return;
        }

        var error = MemberChecks.Check(work.Members, join.MemberId, join.InstanceId);
        if (error != ErrorCode.None)
        {
            Refuse(work, join, error, join.MemberId);
            return;
        }

        work.Members.TryGet(join.MemberId, out var member);
        Rejoin(work, join, member!);
    }

    private static void Rejoin(GroupWork work, JoinCommand join, GroupMember member)
    {
        var changed = !member.Offers(join.Protocols);
        switch (work.Phase)
        {
            case ClassicGroupPhase.PreparingRebalance:
                JoinPhase.Park(work, join, member);
                JoinPhase.MaybeComplete(work);
                break;

            // It may not have got the answer to its first JoinGroup of this generation.
            case ClassicGroupPhase.CompletingRebalance when !changed && work.Group.Sync is { IsAnnounced: true }:
            case ClassicGroupPhase.Stable when !changed && member.MemberId != work.Group.Leader && member.Replaces is null:
                AnswerCurrent(work, join, member);
                break;
            case ClassicGroupPhase.CompletingRebalance when !changed:
                JoinPhase.Park(work, join, member);
                break;

            // A leader rejoins to have something reassigned that no member's own words tell: topics have changed.
            default:
                JoinPhase.Park(work, join, member);
                JoinPhase.Prepare(work, changed ? RebalanceCause.MemberChanged : RebalanceCause.LeaderRejoined, member, join.Reason);
                break;
        }
    }

    private static void AnswerCurrent(GroupWork work, JoinCommand join, GroupMember member)
    {
        work.Put(member.Heard(work.Now));
        work.Answer(CurrentGeneration(work.Group, member, join.Request));
    }

    private static void Add(GroupWork work, JoinCommand join, string memberId, bool knowsItsId)
    {
        var group = work.Group;
        var member = new GroupMember
        {
            MemberId = memberId,
            InstanceId = join.InstanceId,
            Client = join.Client,
            SessionTimeout = join.SessionTimeout,
            RebalanceTimeout = join.RebalanceTimeout,
            Protocols = join.Protocols,
            JoinOrder = group.NextJoinOrder,
            JoinRequest = join.Request,
            IsNew = true,
            KnowsItsId = knowsItsId,
            JoinedAt = work.Now,
            LastHeardAt = work.Now,
        };
        work.Group = group with
        {
            NextJoinOrder = group.NextJoinOrder + 1,
            ProtocolType = group.Members.Count == 0 ? join.ProtocolType : group.ProtocolType,
            Join = group.Join is { IsInitial: true } initial ? initial with { HasNewMember = true } : group.Join,
        };
        work.Put(member);
        if (work.Phase == ClassicGroupPhase.PreparingRebalance)
            JoinPhase.MaybeComplete(work);
        else
            JoinPhase.Prepare(work, RebalanceCause.MemberJoined, member, join.Reason);
    }

    /// <summary>
    /// Members and those on the way count; while members rejoin, only those who have: of a group that has become too
    /// large the last joiners are refused.
    /// </summary>
    private static bool HasRoom(GroupWork work, JoinCommand join)
    {
        var members = work.Members;
        var othersPending = members.PendingCount - (members.IsPending(join.MemberId) ? 1 : 0);
        var max = work.Settings.SizeMax;
        if (join.InstanceId is { } instance && join.MemberId.Length == 0 && members.IdOfInstance(instance) is not null)
            return true;
        return work.Phase switch
        {
            ClassicGroupPhase.PreparingRebalance =>
                (members.TryGet(join.MemberId, out var member) && member.JoinRequest is not null)
                || members.AwaitingJoin + othersPending < max,
            _ => members.Contains(join.MemberId) || members.Count + othersPending < max,
        };
    }

    private static void RefuseForSize(GroupWork work, JoinCommand join)
    {
        Refuse(work, join, ErrorCode.GroupMaxSizeReached, "");
        var was = work.Members.Count + work.Members.PendingCount;
        work.Group = work.Group with { Members = work.Members.WithoutPending(join.MemberId) };
        if (work.Members.TryGet(join.MemberId, out var member))
            work.Remove(member);
        if (work.Members.Count + work.Members.PendingCount < was)
            JoinPhase.MaybeComplete(work);
    }

    private static void Refuse(GroupWork work, JoinCommand join, ErrorCode error, string memberId) =>
        work.Answer(new JoinAnswer(join.Request, error, memberId));
}

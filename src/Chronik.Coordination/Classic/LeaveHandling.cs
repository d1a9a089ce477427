using System.Collections.Immutable;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Classic.History;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic;

/// <summary>Members leave, one or many at once, by member id or by instance id.</summary>
internal static class LeaveHandling
{
    public static void Leave(GroupWork work, LeaveCommand leave)
    {
        var left = ImmutableArray.CreateBuilder<LeftMember>(leave.Members.Length);
        GroupMember? lastGone = null;
        string? reason = null;
        var pendingLeft = false;
        foreach (var leaving in leave.Members)
        {
            var error = ErrorCode.None;
            if (leaving.InstanceId is null && work.Members.IsPending(leaving.MemberId))
            {
                work.Group = work.Group with { Members = work.Members.WithoutPending(leaving.MemberId) };
                pendingLeft = true;
            }
            else if (Find(work.Members, leaving, out error) is { } member)
            {
                work.Remember(history => history.Note($"{Names.Of(member)} left{(leaving.Reason is null ? "" : $": {leaving.Reason}")}"));
                work.Remove(member);
                lastGone = member;
                reason = leaving.Reason;
            }

            left.Add(new LeftMember(leaving.MemberId, leaving.InstanceId, error));
        }

        work.Answer(new LeaveAnswer(leave.Request, ErrorCode.None, left.MoveToImmutable()));
        if (lastGone is not null)
            Sessions.GoOnWithout(work, lastGone, RebalanceCause.MemberLeft, reason);
        else if (pendingLeft)
            JoinPhase.MaybeComplete(work);
    }

    private static GroupMember? Find(MemberTable members, LeavingMember leaving, out ErrorCode error)
    {
        var memberId = leaving.MemberId;

        // An operator removes a static member by its instance id alone.
        if (memberId.Length == 0 && leaving.InstanceId is not null)
            memberId = members.IdOfInstance(leaving.InstanceId) ?? "";
        error = MemberChecks.Check(members, memberId, leaving.InstanceId);
        return error == ErrorCode.None && members.TryGet(memberId, out var member) ? member : null;
    }
}

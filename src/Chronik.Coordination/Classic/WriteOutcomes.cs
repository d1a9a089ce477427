using Chronik.Coordination.Classic.History;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic;

/// <summary>
/// A write has ended. Others may have come meanwhile: what it was to allow happens only if the group is still where it
/// was when the write began.
/// </summary>
internal static class WriteOutcomes
{
    public static void Apply(GroupWork work, GroupWrite write, bool succeeded)
    {
        if (!succeeded)
            work.Notice(GroupNoticeKind.WriteFailed, $"the catalog refused to store generation {write.Group.Generation}");
        switch (write.Kind)
        {
            case GroupWriteKind.Joined:
                work.Group = work.Group with { JoinWritesUnderWay = work.Group.JoinWritesUnderWay - 1 };
                Joined(work, write, succeeded);
                break;
            case GroupWriteKind.Assigned when IsCurrent(work, write) && work.Group.Sync is { Pending: not null }:
                if (succeeded)
                    SyncPhase.Deliver(work);
                else
                    AssignmentFailed(work);
                break;
            case GroupWriteKind.Replaced
                when work.Phase == ClassicGroupPhase.Stable && work.Members.TryGet(write.MemberId!, out var member) && member.Replaces is not null:
                if (succeeded)
                    StaticMembers.Confirm(work, member);
                else
                    StaticMembers.Revert(work, member);
                break;
        }
    }

    private static bool IsCurrent(GroupWork work, GroupWrite write) =>
        work.Phase == ClassicGroupPhase.CompletingRebalance && work.Group.Generation == write.Group.Generation;

    private static void Joined(GroupWork work, GroupWrite write, bool succeeded)
    {
        if (!IsCurrent(work, write) || work.Group.Sync is { IsAnnounced: true })
            JoinPhase.MaybeComplete(work);
        else if (succeeded)
            SyncPhase.Announce(work);
        else
            JoinFailed(work);
    }

    private static void AssignmentFailed(GroupWork work)
    {
        SyncPhase.CancelParked(work, ErrorCode.CoordinatorNotAvailable);
        JoinPhase.Prepare(work, RebalanceCause.WriteFailed, null);
    }

    // Members that were never told their id start over; the others rejoin when they see the error.
    private static void JoinFailed(GroupWork work)
    {
        foreach (var member in work.Members.All.Where(member => member.JoinRequest is not null).ToList())
        {
            if (member.IsNew)
            {
                work.Remove(member, ErrorCode.CoordinatorNotAvailable);
                continue;
            }

            work.AnswerParked(member, ErrorCode.CoordinatorNotAvailable);
            work.Put(member with { JoinRequest = null, SessionDeadline = work.Now.Uptime + member.SessionTimeout });
        }

        JoinPhase.Prepare(work, RebalanceCause.WriteFailed, null);
    }
}

using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic;

/// <summary>Who may commit offsets. A member that commits is alive.</summary>
internal static class CommitAdmission
{
    public static void Check(GroupWork work, CommitCommand commit) =>
        work.Answer(new CommitAnswer(commit.Request, Decide(work, commit)));

    private static ErrorCode Decide(GroupWork work, CommitCommand commit)
    {
        var group = work.Group;

        // Tools, and consumers that assign partitions themselves, use a group's name without being in it.
        if (commit.Generation < 0 && group.Phase == ClassicGroupPhase.Empty)
            return ErrorCode.None;
        var isMember = commit.Generation >= 0 || commit.MemberId.Length > 0 || commit.InstanceId is not null;
        if (isMember)
        {
            var error = MemberChecks.Check(group.Members, commit.MemberId, commit.InstanceId);
            if (error != ErrorCode.None)
                return error;
            if (commit.Generation != group.Generation)
                return ErrorCode.IllegalGeneration;
        }
        else if (!commit.IsTransactional && group.Phase != ClassicGroupPhase.Empty)
        {
            return ErrorCode.UnknownMemberId;
        }

        if (!commit.IsTransactional && group.Phase == ClassicGroupPhase.CompletingRebalance)
            return ErrorCode.RebalanceInProgress;
        if (isMember && group.Members.TryGet(commit.MemberId, out var member))
            work.Put(member.Heard(work.Now));
        return ErrorCode.None;
    }
}

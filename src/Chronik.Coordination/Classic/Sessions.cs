using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Classic.History;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic;

/// <summary>Who is alive: heartbeats, sessions that end, connections that break.</summary>
internal static class Sessions
{
    public static void Heartbeat(GroupWork work, HeartbeatCommand heartbeat)
    {
        var group = work.Group;
        var error = MemberChecks.Check(group.Members, heartbeat.MemberId, heartbeat.InstanceId);
        if (error == ErrorCode.None && heartbeat.Generation != group.Generation)
            error = ErrorCode.IllegalGeneration;
        if (error == ErrorCode.None)
        {
            group.Members.TryGet(heartbeat.MemberId, out var member);
            work.Put(member!.Heard(work.Now));
            if (group.Phase == ClassicGroupPhase.PreparingRebalance)
                error = ErrorCode.RebalanceInProgress;
        }

        work.Answer(new HeartbeatAnswer(heartbeat.Request, error));
    }

    /// <summary>A member was silent for its session timeout.</summary>
    public static void Expire(GroupWork work, GroupMember member)
    {
        work.Notice(GroupNoticeKind.SessionExpired, $"was silent for its session timeout of {member.SessionTimeout.TotalSeconds:0.#} s and is removed", member);
        work.Remember(history => history.Note($"the session of {Names.Of(member)} ended"));
        work.Remove(member);
        GoOnWithout(work, member, RebalanceCause.SessionExpired, null);
    }

    /// <summary>One that was given an id never came back with it.</summary>
    public static void ExpirePending(GroupWork work, PendingMember pending)
    {
        work.Group = work.Group with { Members = work.Members.WithoutPending(pending.MemberId) };
        JoinPhase.MaybeComplete(work);
    }

    /// <summary>
    /// The connection of a parked request broke. The client mostly comes back on another, so the member stays; but one
    /// that was never told its member id cannot come back as itself, and would only be waited for.
    /// </summary>
    public static void Abandon(GroupWork work, RequestId request)
    {
        var member = work.Members.All.FirstOrDefault(member => member.JoinRequest == request || member.SyncRequest == request);
        if (member is null)
            return;
        if (member.SyncRequest == request)
        {
            work.Put(member with
            {
                SyncRequest = null,
                SyncedAt = null,
                SessionDeadline = work.Now.Uptime + member.SessionTimeout,
            });
            work.Answer(new SyncAnswer(request, ErrorCode.RebalanceInProgress));
        }
        else if (member is { IsNew: true, KnowsItsId: false })
        {
            work.Remember(history => history.Note($"{Names.Of(member)} hung up before it was told its member id"));
            work.Remove(member);
            GoOnWithout(work, member, RebalanceCause.MemberLeft, "hung up while it joined");
        }
        else
        {
            work.Put(member with { IsDisconnected = true });
        }
    }

    /// <summary>A member is gone: the others share its part, or need not wait for it any longer.</summary>
    public static void GoOnWithout(GroupWork work, GroupMember? member, RebalanceCause cause, string? detail)
    {
        if (work.Phase is ClassicGroupPhase.Stable or ClassicGroupPhase.CompletingRebalance)
            JoinPhase.Prepare(work, cause, member, detail);
        else
            JoinPhase.MaybeComplete(work);
    }
}

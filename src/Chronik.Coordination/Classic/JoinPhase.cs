using System.Collections.Immutable;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Classic.History;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic;

/// <summary>
/// The join phase: it waits for every known member to rejoin, up to the largest rebalance timeout of its members. It does
/// not end because "enough" have joined: a member that learns of the rebalance with its next heartbeat must not be left behind.
/// </summary>
internal static class JoinPhase
{
    private static readonly TimeSpan ExtensionMin = TimeSpan.FromSeconds(1);

    /// <summary>Parks a known member's JoinGroup; one that it parked before can only come from a connection it gave up.</summary>
    public static void Park(GroupWork work, JoinCommand join, GroupMember member)
    {
        work.AnswerParked(member, ErrorCode.RebalanceInProgress);
        work.Put(member with
        {
            Client = join.Client,
            Protocols = join.Protocols,
            SessionTimeout = join.SessionTimeout,
            RebalanceTimeout = join.RebalanceTimeout,
            JoinRequest = join.Request,
            SyncRequest = null,
            SessionDeadline = null,
            IsDisconnected = false,
            JoinedAt = work.Now,
            LastHeardAt = work.Now,
        });
    }

    /// <summary>A rebalance begins.</summary>
    public static void Prepare(GroupWork work, RebalanceCause cause, GroupMember? trigger, string? detail = null)
    {
        var wasEmpty = work.Phase == ClassicGroupPhase.Empty;
        Begin(work, cause, trigger, detail);
        SyncPhase.CancelParked(work, ErrorCode.RebalanceInProgress);
        work.PutAll(member => member with
        {
            SyncedAt = null,
            Replaces = null,
            JoinedAt = member.JoinRequest is null ? null : member.JoinedAt,
        });
        work.Enter(ClassicGroupPhase.PreparingRebalance);
        var delay = wasEmpty ? work.Settings.InitialRebalanceDelay : TimeSpan.Zero;
        if (wasEmpty && delay == TimeSpan.Zero)
        {
            Complete(work);
        }
        else if (wasEmpty)
        {
            var left = work.Members.RebalanceTimeoutMax - delay;
            work.Group = work.Group with
            {
                Join = new JoinState(work.Now.Uptime + delay, IsInitial: true, left > TimeSpan.Zero ? left : TimeSpan.Zero),
            };
        }
        else
        {
            work.Group = work.Group with { Join = new JoinState(work.Now.Uptime + work.Members.RebalanceTimeoutMax) };
            MaybeComplete(work);
        }
    }

    /// <summary>Ends the join phase if nobody is missing.</summary>
    public static void MaybeComplete(GroupWork work)
    {
        if (work.Phase != ClassicGroupPhase.PreparingRebalance)
            return;
        var members = work.Members;
        if (members.Count == 0 && members.PendingCount == 0)
            Complete(work);
        else if (work.Group.Join is { IsInitial: false } && work.Group.JoinWritesUnderWay == 0
            && (members.Count == 0 || (members.AwaitingJoin == members.Count && members.PendingCount == 0)))
            Complete(work);
    }

    /// <summary>The deadline of the join phase has come.</summary>
    public static void DeadlineReached(GroupWork work)
    {
        var join = work.Group.Join!;
        if (join is { IsInitial: true, HasNewMember: true } && join.DelayLeft > TimeSpan.Zero)
        {
            var delay = work.Settings.InitialRebalanceDelay < join.DelayLeft ? work.Settings.InitialRebalanceDelay : join.DelayLeft;
            if (delay > TimeSpan.Zero)
            {
                work.Group = work.Group with { Join = new JoinState(work.Now.Uptime + delay, IsInitial: true, join.DelayLeft - delay) };
                return;
            }
        }

        Complete(work);
    }

    /// <summary>All members with the words they offer for the elected protocol, as the leader gets them.</summary>
    public static ImmutableArray<JoinedMember> MembersForLeader(ClassicGroup group) =>
        [.. group.Members.All.Select(member => new JoinedMember(member.MemberId, member.InstanceId, member.MetadataFor(group.ProtocolName)))];

    private static void Complete(GroupWork work)
    {
        foreach (var missing in work.Members.All.Where(member => member.JoinRequest is null && member.InstanceId is null).ToList())
        {
            work.Notice(GroupNoticeKind.JoinMissed, "did not rejoin before the rebalance timeout and is removed", missing);
            work.Remember(history => history.Note($"{Names.Of(missing)} did not rejoin in time and was removed"));
            work.Remove(missing);
        }

        if (work.Members.Count == 0)
            BecomeEmpty(work);
        else if (ElectLeader(work.Group) is { } leader)
            BeginGeneration(work, leader);
        else
            // Static members stay until their sessions end: nobody who could lead is here before one of them is back.
            work.Group = work.Group with { Join = new JoinState(work.Now.Uptime + Extension(work)) };
    }

    // A rebalance timeout of nothing must not keep the clock busy.
    private static TimeSpan Extension(GroupWork work)
    {
        var max = work.Members.RebalanceTimeoutMax;
        return max > ExtensionMin ? max : ExtensionMin;
    }

    private static void BecomeEmpty(GroupWork work)
    {
        work.Group = work.Group with { Generation = work.Group.Generation + 1, ProtocolName = null, Leader = null };
        work.Enter(ClassicGroupPhase.Empty);
        work.Remember(history => history.Ended(RebalanceOutcome.Emptied, work.Now.Wall));
        work.Notice(GroupNoticeKind.GroupEmptied, "nobody is left in the group");
        work.Save(GroupWriteKind.Removed);
    }

    private static void BeginGeneration(GroupWork work, GroupMember leader)
    {
        work.Group = work.Group with
        {
            Generation = work.Group.Generation + 1,
            Leader = leader.MemberId,
            ProtocolName = ProtocolChoice.Elect(work.Members, leader),
            Sync = new SyncState(),
            JoinWritesUnderWay = work.Group.JoinWritesUnderWay + 1,
        };
        work.Enter(ClassicGroupPhase.CompletingRebalance);
        work.Remember(history => history.Joined(work.Group.Generation, leader.MemberId, work.Now.Wall));
        work.Save(GroupWriteKind.Joined);
    }

    /// <summary>The leader stays, if it is here; else the longest member that is. One whose connection is gone leads last.</summary>
    private static GroupMember? ElectLeader(ClassicGroup group)
    {
        if (group.LeaderMember is { JoinRequest: not null, IsDisconnected: false } leader)
            return leader;
        return group.Members.All
            .Where(member => member.JoinRequest is not null)
            .OrderBy(member => member.IsDisconnected)
            .ThenBy(member => member.JoinOrder)
            .FirstOrDefault();
    }

    private static void Begin(GroupWork work, RebalanceCause cause, GroupMember? trigger, string? detail)
    {
        // Whoever comes while a generation is being stored joins the rebalance that made it: nobody has seen it end.
        if (work.Phase == ClassicGroupPhase.CompletingRebalance && work.Group.Sync is { IsAnnounced: false } && cause != RebalanceCause.WriteFailed)
            return;
        work.Remember(history => history.Begin(
            new Rebalance
            {
                StartedAt = work.Now.Wall,
                Cause = cause,
                Detail = detail ?? "",
                TriggerMemberId = trigger?.MemberId,
                TriggerClient = trigger?.Client,
            },
            work.Members));
        work.Notice(GroupNoticeKind.RebalanceStarted, Names.Of(cause) + (string.IsNullOrEmpty(detail) ? "" : $" ({detail})"), trigger);
    }
}

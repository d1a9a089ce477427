using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Classic.History;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic;

/// <summary>The sync phase: members wait for the leader's assignment, which is stored before anyone gets it.</summary>
internal static class SyncPhase
{
    public static void Sync(GroupWork work, SyncCommand sync)
    {
        var error = Check(work.Group, sync);
        if (error != ErrorCode.None)
        {
            work.Answer(new SyncAnswer(sync.Request, error));
            return;
        }

        work.Members.TryGet(sync.MemberId, out var member);
        if (work.Phase == ClassicGroupPhase.Stable)
        {
            work.Put((member! with { SyncedAt = member.SyncedAt ?? work.Now }).Heard(work.Now));
            work.Answer(Delivered(work.Group, member, sync.Request));
            return;
        }

        Park(work, sync, member!);
        if (sync.MemberId == work.Group.Leader && work.Group.Sync is { Pending: null })
            AssignmentReview.Take(work, new PendingAssignment(Map(sync), ByServer: false));
    }

    /// <summary>The generation is stored: its members are told, and the clocks of the sync phase start.</summary>
    public static void Announce(GroupWork work)
    {
        var group = work.Group;
        foreach (var member in group.Members.All)
        {
            if (member.JoinRequest is { } request)
                work.Answer(JoinAdmission.CurrentGeneration(group, member, request));
        }

        work.PutAll(member => member.JoinRequest is null ? member : member with
        {
            JoinRequest = null,
            IsNew = false,
            KnowsItsId = true,
            SessionDeadline = work.Now.Uptime + member.SessionTimeout,
        });
        work.Group = work.Group with { Sync = Started(work) };
    }

    /// <summary>The clocks of a sync phase that starts now.</summary>
    public static SyncState Started(GroupWork work) => Started(work.Group, work.Settings, work.Now);

    /// <inheritdoc cref="Started(GroupWork)"/>
    public static SyncState Started(ClassicGroup group, GroupSettings settings, Moment now) => new()
    {
        IsAnnounced = true,
        SyncDeadline = now.Uptime + group.Members.RebalanceTimeoutMax,
        RescueDeadline = settings.Rescue > TimeSpan.Zero ? now.Uptime + settings.Rescue : null,
        EvictDeadline = settings.RescueEvict > TimeSpan.Zero ? now.Uptime + settings.RescueEvict : null,
    };

    /// <summary>An assignment is there: it goes to the catalog before it goes to anyone. Who comes first wins.</summary>
    public static void Store(GroupWork work, PendingAssignment pending)
    {
        work.Group = work.Group with
        {
            Sync = work.Group.Sync! with { Pending = pending, Refusal = null, RescueDeadline = null, EvictDeadline = null },
        };
        var stored = work.Group with
        {
            Phase = ClassicGroupPhase.Stable,
            PhaseSince = work.Now,
            Members = work.Members.Select(member => member with { Assignment = Part(pending, member) }),
        };
        work.Save(GroupWriteKind.Assigned, stored);
    }

    /// <summary>The assignment is stored: all that wait for it get it.</summary>
    public static void Deliver(GroupWork work)
    {
        var pending = work.Group.Sync!.Pending!;
        work.Group = work.Group with { Sync = work.Group.Sync with { Pending = null }, AssignmentsRefused = 0 };
        work.Enter(ClassicGroupPhase.Stable);
        work.PutAll(member => member with { Assignment = Part(pending, member) });
        foreach (var member in work.Members.All)
        {
            if (member.SyncRequest is { } request)
                work.Answer(Delivered(work.Group, member, request));
        }

        work.PutAll(member => member.SyncRequest is null ? member : Unparked(work, member));
        work.Remember(history => history.Ended(
            pending.ByServer ? RebalanceOutcome.AssignedByServer : RebalanceOutcome.AssignedByLeader, work.Now.Wall));
        work.Notice(GroupNoticeKind.GenerationStable, $"{work.Members.Count} members");
    }

    /// <summary>Whoever waits for an assignment learns that there will be none, and that nobody owns anything any more.</summary>
    public static void CancelParked(GroupWork work, ErrorCode error)
    {
        if (work.Phase != ClassicGroupPhase.CompletingRebalance)
            return;
        foreach (var member in work.Members.All)
        {
            if (member.SyncRequest is { } request)
                work.Answer(new SyncAnswer(request, error));
        }

        work.PutAll(member => (member.SyncRequest is null ? member : Unparked(work, member)) with { Assignment = default });
    }

    /// <summary>The deadline has come: members that never asked for their assignment hold partitions that nobody reads.</summary>
    public static void DeadlineReached(GroupWork work)
    {
        work.Group = work.Group with { Sync = work.Group.Sync! with { SyncDeadline = null } };
        var missing = work.Members.All.Where(member => member.OwesSync).ToList();
        foreach (var member in missing)
        {
            work.Notice(GroupNoticeKind.SyncMissed, "did not ask for its assignment before the rebalance timeout and is removed", member);
            work.Remember(history => history.Note($"{Names.Of(member)} did not ask for its assignment in time and was removed"));
            work.Remove(member);
        }

        if (missing.Count > 0)
            JoinPhase.Prepare(work, RebalanceCause.SyncMissed, missing[0], $"{missing.Count} removed");
    }

    private static ErrorCode Check(ClassicGroup group, SyncCommand sync)
    {
        var error = MemberChecks.Check(group.Members, sync.MemberId, sync.InstanceId);
        if (error != ErrorCode.None)
            return error;
        if (sync.Generation != group.Generation)
            return ErrorCode.IllegalGeneration;
        if (Differs(sync.ProtocolType, group.ProtocolType) || Differs(sync.ProtocolName, group.ProtocolName))
            return ErrorCode.InconsistentGroupProtocol;
        return group.Sync is { IsAnnounced: true } ? ErrorCode.None : ErrorCode.RebalanceInProgress;
    }

    private static bool Differs(string? said, string? known) =>
        said is not null && !string.Equals(said, known, StringComparison.Ordinal);

    private static void Park(GroupWork work, SyncCommand sync, GroupMember member)
    {
        if (member.SyncRequest is { } given)
            work.Answer(new SyncAnswer(given, ErrorCode.RebalanceInProgress));
        work.Put(member with
        {
            SyncRequest = sync.Request,
            SyncedAt = member.SyncedAt ?? work.Now,
            LastHeardAt = work.Now,
            SessionDeadline = null,
            IsDisconnected = false,
        });
    }

    // It could not send heartbeats that count while it waited: its session begins anew.
    private static GroupMember Unparked(GroupWork work, GroupMember member) =>
        member with { SyncRequest = null, SessionDeadline = work.Now.Uptime + member.SessionTimeout };

    private static SyncAnswer Delivered(ClassicGroup group, GroupMember member, RequestId request) => new(request, ErrorCode.None)
    {
        ProtocolType = group.ProtocolType,
        ProtocolName = group.ProtocolName,
        Assignment = member.Assignment,
    };

    private static ReadOnlyMemory<byte> Part(PendingAssignment pending, GroupMember member) =>
        pending.ByMember.TryGetValue(member.MemberId, out var part) ? part : default;

    private static Dictionary<string, ReadOnlyMemory<byte>> Map(SyncCommand sync)
    {
        var map = new Dictionary<string, ReadOnlyMemory<byte>>(sync.Assignments.Length, StringComparer.Ordinal);
        foreach (var (memberId, assignment) in sync.Assignments)
            map[memberId] = assignment;
        return map;
    }
}

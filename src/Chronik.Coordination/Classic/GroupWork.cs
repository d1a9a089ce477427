using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.History;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic;

/// <summary>One step being worked out: the group as it becomes, and what leaves the step. It does not outlive the step.</summary>
internal sealed class GroupWork(ClassicGroup group, GroupContext context)
{
    private readonly List<GroupAnswer> _answers = [];
    private readonly List<GroupWrite> _writes = [];
    private readonly List<GroupNotice> _notices = [];
    private TimeSpan? _sessionSet;
    private bool _removalIsUnsaved;

    public ClassicGroup Group { get; set; } = group;

    public Moment Now => context.Now;

    public GroupSettings Settings => context.Settings;

    public Func<string, int?> PartitionCount => context.PartitionCount;

    public MemberTable Members => Group.Members;

    public ClassicGroupPhase Phase => Group.Phase;

    /// <summary>A tick looks at every deadline, so that it knows the earliest of all.</summary>
    public bool SeesAllDeadlines { get; set; }

    public void Answer(GroupAnswer answer) => _answers.Add(answer);

    public void Enter(ClassicGroupPhase phase) => Group = Group with
    {
        Phase = phase,
        PhaseSince = Now,
        Join = phase == ClassicGroupPhase.PreparingRebalance ? Group.Join : null,
        Sync = phase is ClassicGroupPhase.CompletingRebalance or ClassicGroupPhase.Stable ? Group.Sync : null,
    };

    /// <summary>Adds or changes a member.</summary>
    public void Put(GroupMember member)
    {
        NoteDeadline(member.SessionDeadline);
        Group = Group with { Members = Group.Members.With(member) };
    }

    public void PutPending(PendingMember pending)
    {
        NoteDeadline(pending.SessionDeadline);
        Group = Group with { Members = Group.Members.WithPending(pending) };
    }

    /// <summary>Changes all members.</summary>
    public void PutAll(Func<GroupMember, GroupMember> change)
    {
        Group = Group with
        {
            Members = Group.Members.Select(member =>
            {
                var changed = change(member);
                NoteDeadline(changed.SessionDeadline);
                return changed;
            }),
        };
    }

    /// <summary>Removes a member; what it has parked is answered.</summary>
    public void Remove(GroupMember member, ErrorCode parkedError = ErrorCode.UnknownMemberId)
    {
        AnswerParked(member, parkedError);
        _removalIsUnsaved |= !member.IsNew;
        Group = Group with
        {
            Members = Group.Members.Without(member),
            Leader = Group.Leader == member.MemberId ? null : Group.Leader,
            History = Group.History.Departed(member),
        };
    }

    /// <summary>Answers what a member has parked with an error. The caller changes or removes the member.</summary>
    public void AnswerParked(GroupMember member, ErrorCode error)
    {
        if (member.JoinRequest is { } join)
            Answer(new JoinAnswer(join, error, member.MemberId));
        if (member.SyncRequest is { } sync)
            Answer(new SyncAnswer(sync, error));
    }

    /// <summary>What the step tells depends on this being stored.</summary>
    public void Save(GroupWriteKind kind, ClassicGroup? stored = null, string? memberId = null)
    {
        _removalIsUnsaved = false;
        _writes.Add(new GroupWrite(kind, stored ?? Group, memberId));
    }

    public void Notice(GroupNoticeKind kind, string detail, GroupMember? member = null) =>
        _notices.Add(new GroupNotice(kind, Group.GroupId, Group.Generation, member?.MemberId, member?.Client, detail));

    public void Remember(Func<RebalanceHistory, RebalanceHistory> change) => Group = Group with { History = change(Group.History) };

    public GroupStep ToStep()
    {
        if (_removalIsUnsaved)
            Save(GroupWriteKind.Removed);
        var wakeAt = SeesAllDeadlines ? Deadlines.Earliest(Group) : Deadlines.Sooner(_sessionSet, Deadlines.EarliestOfPhase(Group));
        return new GroupStep(Group, _answers, _writes, _notices, wakeAt);
    }

    private void NoteDeadline(TimeSpan? deadline) => _sessionSet = Deadlines.Sooner(_sessionSet, deadline);
}

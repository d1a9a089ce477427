using Chronik.Broker.Diagnostics;
using Chronik.Catalog;
using Chronik.Coordination;
using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Offsets;
using Chronik.Protocol;

namespace Chronik.Broker.Groups;

/// <summary>
/// Some of the groups, by the hash of their id: runs the state machine in one mailbox, keeps its timers, stores what it
/// asks for, and lets answers leave when what they say is durable.
/// </summary>
internal sealed class GroupShard : IDisposable
{
    private readonly GroupCoordinatorServices _services;
    private readonly long _started;
    private readonly Dictionary<string, GroupEntry> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<RequestId, GroupReply> _replies = [];
    private bool _isStopped;

    public GroupShard(GroupCoordinatorServices services)
    {
        _services = services;
        _started = services.Time.GetTimestamp();
        Mailbox = new Mailbox(services.Scheduler, e => services.Logger.GroupFailed(e, "(any)"));
        Offsets = new GroupShardOffsets(this, services);
    }

    /// <summary>Everything below happens in it.</summary>
    public Mailbox Mailbox { get; }

    /// <summary>What the groups committed.</summary>
    public GroupShardOffsets Offsets { get; }

    /// <summary>All groups of the shard.</summary>
    public IEnumerable<GroupEntry> Entries => _groups.Values;

    /// <summary>The time now.</summary>
    public Moment Now => new(_services.Time.GetElapsedTime(_started), _services.Time.GetUtcNow());

    /// <summary>Finds a group, or null.</summary>
    public GroupEntry? Find(string groupId) => _groups.GetValueOrDefault(groupId);

    /// <summary>Finds a group, or makes an empty one; see <see cref="ForgetIfBlank"/>.</summary>
    public GroupEntry FindOrAdd(string groupId) => Find(groupId) ?? Add(ClassicGroup.Create(groupId, Now));

    /// <summary>Takes a stored group over.</summary>
    public void Load(GroupRow row)
    {
        try
        {
            var group = ClassicGroupCodec.Decode(row.GroupId, row.State, _services.Options.Group(row.GroupId), Now);
            var entry = Add(group);
            entry.WakeAt(Deadlines.Earliest(group), Now.Uptime);
        }
        catch (InvalidDataException e)
        {
            _services.Logger.GroupUnreadable(row.GroupId, e.Message);
        }
    }

    /// <summary>Works out a request; its reply may come much later.</summary>
    public void Handle(string groupId, GroupRequest request, GroupReply reply)
    {
        if (_isStopped)
        {
            reply.Complete(request.Refused(ErrorCode.CoordinatorNotAvailable));
            return;
        }

        _replies.Add(reply.Id, reply);
        try
        {
            Run(FindOrAdd(groupId), request);
        }
        catch (Exception e)
        {
            _services.Logger.GroupFailed(e, groupId);
            _replies.Remove(reply.Id);
            reply.Complete(request.Refused(ErrorCode.UnknownServerError));
        }
    }

    /// <summary>The connection of a parked request is gone: nobody waits for its answer any more.</summary>
    public void Abandon(string groupId, GroupRequest request)
    {
        if (!_replies.Remove(request.Request, out var reply))
            return;
        reply.Complete(request.Refused(ErrorCode.RebalanceInProgress));
        if (Find(groupId) is { } entry)
            Run(entry, new AbandonCommand(request.Request));
    }

    /// <summary>Runs one step of a group.</summary>
    public GroupStep Run(GroupEntry entry, GroupCommand command)
    {
        var groupId = entry.Group.GroupId;
        var now = Now;
        var step = ClassicGroupMachine.Handle(
            entry.Group, command, new GroupContext(now, _services.Options.Group(groupId), _services.PartitionCount));
        entry.Group = step.Group;
        foreach (var notice in step.Notices)
        {
            _services.Counters.Count(notice.Kind);
            GroupNoticeLog.Write(_services.Logger, notice);
        }

        Store(entry, step);
        if (command is TickCommand)
            entry.WakeAt(step.WakeAt, now.Uptime);
        else
            entry.WakeBy(step.WakeAt, now.Uptime);
        entry.Journal.Flush();
        ForgetIfBlank(entry);
        return step;
    }

    /// <summary>A group that nobody has joined and that has no offsets leaves no trace.</summary>
    public void ForgetIfBlank(GroupEntry entry)
    {
        if (entry.IsBlank)
            Forget(entry);
    }

    /// <summary>The group is gone.</summary>
    public void Forget(GroupEntry entry)
    {
        if (_groups.TryGetValue(entry.Group.GroupId, out var known) && ReferenceEquals(known, entry))
            _groups.Remove(entry.Group.GroupId);
        entry.Dispose();
    }

    /// <summary>Answers all that is parked, so that connections can end; nothing is worked out from now on.</summary>
    public void Stop()
    {
        _isStopped = true;
        foreach (var entry in _groups.Values)
        {
            foreach (var member in entry.Group.Members.All)
            {
                if (member.JoinRequest is { } join)
                    Release([new JoinAnswer(join, ErrorCode.CoordinatorNotAvailable, member.KnowsItsId ? member.MemberId : "")]);
                if (member.SyncRequest is { } sync)
                    Release([new SyncAnswer(sync, ErrorCode.CoordinatorNotAvailable)]);
            }

            entry.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var entry in _groups.Values)
            entry.Dispose();
    }

    private void Store(GroupEntry entry, GroupStep step)
    {
        if (step.Writes.Count == 0)
            Release(step.Answers);
        for (var i = 0; i < step.Writes.Count; i++)
        {
            var write = step.Writes[i];
            IReadOnlyList<GroupAnswer> answers = i == step.Writes.Count - 1 ? step.Answers : [];
            entry.Journal.Add(new QueuedWrite([], write.Group, succeeded =>
            {
                Release(succeeded ? answers : [.. answers.Select(answer => answer.Failed(ErrorCode.CoordinatorNotAvailable))]);
                if (!_isStopped)
                    Run(entry, new WriteEnded(write, succeeded));
            }));
        }
    }

    private void Release(IReadOnlyList<GroupAnswer> answers)
    {
        foreach (var answer in answers)
        {
            if (_replies.Remove(answer.Request, out var reply))
                reply.Complete(answer);
        }
    }

    private GroupEntry Add(ClassicGroup group)
    {
        GroupEntry? entry = null;
        var timer = _services.Time.CreateTimer(
            _ => Mailbox.Post(() => Tick(entry!)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        entry = new GroupEntry(group, new GroupJournal(group.GroupId, _services.Catalog, Mailbox, _services.Logger), timer);
        _groups.Add(group.GroupId, entry);
        return entry;
    }

    private void Tick(GroupEntry entry)
    {
        if (!_isStopped && ReferenceEquals(Find(entry.Group.GroupId), entry))
            Run(entry, TickCommand.Instance);
    }
}

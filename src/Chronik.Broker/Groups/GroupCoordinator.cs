using Chronik.Catalog;
using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Classic.Explaining;
using Chronik.Coordination.Offsets;
using Chronik.Protocol;

namespace Chronik.Broker.Groups;

/// <summary>All groups of the broker, for handlers: finds the shard of a group and brings requests there.</summary>
internal sealed class GroupCoordinator : IAsyncDisposable
{
    private const int ShardCount = 8;

    private readonly GroupCoordinatorServices _services;
    private readonly GroupShard[] _shards;
    private ITimer? _expiry;
    private long _lastRequest;
    private volatile bool _isLoaded;

    public GroupCoordinator(GroupCoordinatorServices services)
    {
        _services = services;
        _shards = new GroupShard[ShardCount];
        for (var i = 0; i < ShardCount; i++)
            _shards[i] = new GroupShard(services);
    }

    /// <summary>What happened to groups since the start.</summary>
    public GroupCounters Counters => _services.Counters;

    /// <summary>Takes over what the catalog held; until then requests get COORDINATOR_LOAD_IN_PROGRESS.</summary>
    public async Task LoadAsync(CatalogSnapshot stored)
    {
        var groups = stored.Groups.Where(row => row.Kind == GroupKind.Classic).ToLookup(row => ShardOf(row.GroupId));
        var offsets = stored.Offsets.ToLookup(row => ShardOf(row.GroupId));
        await Task.WhenAll(_shards.Select(shard => shard.Mailbox.AskAsync(() =>
        {
            foreach (var row in groups[shard])
                shard.Load(row);
            foreach (var row in offsets[shard])
                shard.Offsets.Load(row);
            return true;
        })));
        _isLoaded = true;
        var interval = _services.Options.Offsets().RetentionCheckInterval;
        _expiry = _services.Time.CreateTimer(_ => ExpireOffsets(), null, interval, interval);
    }

    /// <summary>JoinGroup, SyncGroup, Heartbeat or LeaveGroup: the answer, when there is one.</summary>
    /// <param name="make">Makes the request with the number under which it is parked.</param>
    /// <param name="closed">Set when the client hangs up: nobody waits for the answer then.</param>
    public async ValueTask<TAnswer> AskAsync<TAnswer>(string groupId, Func<RequestId, GroupRequest> make, CancellationToken closed = default)
        where TAnswer : GroupAnswer
    {
        var reply = NewReply();
        var request = make(reply.Id);
        if (!_isLoaded)
            return (TAnswer)request.Refused(ErrorCode.CoordinatorLoadInProgress);
        var shard = ShardOf(groupId);
        shard.Mailbox.Post(() => shard.Handle(groupId, request, reply));
        await using var hangUp = closed.UnsafeRegister(_ => shard.Mailbox.Post(() => shard.Abandon(groupId, request)), null);
        return (TAnswer)await reply.Answer;
    }

    /// <summary>OffsetCommit: NONE when the offsets are durable.</summary>
    public async ValueTask<ErrorCode> CommitAsync(
        string groupId, Func<RequestId, CommitCommand> make, IReadOnlyList<KeyValuePair<TopicPartition, CommittedOffset>> offsets)
    {
        if (!_isLoaded)
            return ErrorCode.CoordinatorLoadInProgress;
        var reply = NewReply();
        var command = make(reply.Id);
        var shard = ShardOf(groupId);
        shard.Mailbox.Post(() => shard.Offsets.Commit(groupId, command, offsets, reply));
        return (await reply.Answer).Error;
    }

    /// <summary>Reads a group's offsets; the function gets null for a group that is not known.</summary>
    public Task<T> ReadOffsetsAsync<T>(string groupId, Func<GroupOffsets?, T> read)
    {
        var shard = ShardOf(groupId);
        return shard.Mailbox.AskAsync(() => read(shard.Find(groupId)?.Offsets));
    }

    /// <summary>Whether groups and offsets can be read yet.</summary>
    public bool IsLoaded => _isLoaded;

    /// <summary>What rules committed offsets now.</summary>
    public OffsetSettings OffsetSettings => _services.Options.Offsets();

    /// <summary>The group as it is now, or null.</summary>
    public Task<ClassicGroup?> DescribeAsync(string groupId)
    {
        var shard = ShardOf(groupId);
        return shard.Mailbox.AskAsync(() => shard.Find(groupId)?.Group);
    }

    /// <summary>What the group is doing and whom it waits for, or null where it is not known.</summary>
    public Task<GroupExplanation?> ExplainAsync(string groupId)
    {
        var shard = ShardOf(groupId);
        return shard.Mailbox.AskAsync(() => shard.Find(groupId) is { } entry ? GroupWhy.Explain(entry.Group, shard.Now) : null);
    }

    /// <summary>All groups.</summary>
    public async Task<IReadOnlyList<ClassicGroup>> ListAsync()
    {
        var lists = await Task.WhenAll(_shards.Select(shard => shard.Mailbox.AskAsync(() => shard.Entries.Select(entry => entry.Group).ToList())));
        return [.. lists.SelectMany(list => list).OrderBy(group => group.GroupId, StringComparer.Ordinal)];
    }

    /// <summary>DeleteGroups: a group with its offsets.</summary>
    public async Task<ErrorCode> DeleteGroupAsync(string groupId)
    {
        if (!_isLoaded)
            return ErrorCode.CoordinatorLoadInProgress;
        var deletion = new TaskCompletionSource<ErrorCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        var shard = ShardOf(groupId);
        shard.Mailbox.Post(() => shard.Offsets.DeleteGroup(groupId, deletion));
        return await deletion.Task;
    }

    /// <summary>OffsetDelete: some offsets of a group.</summary>
    public Task<OffsetDeletion> DeleteOffsetsAsync(string groupId, IReadOnlyList<TopicPartition> partitions)
    {
        if (!_isLoaded)
            return Task.FromResult(new OffsetDeletion(ErrorCode.CoordinatorLoadInProgress, []));
        var deletion = new TaskCompletionSource<OffsetDeletion>(TaskCreationOptions.RunContinuationsAsynchronously);
        var shard = ShardOf(groupId);
        shard.Mailbox.Post(() => shard.Offsets.Delete(groupId, partitions, deletion));
        return deletion.Task;
    }

    /// <summary>A topic is gone, and all offsets committed for it.</summary>
    public void OnTopicDeleted(string topic)
    {
        foreach (var shard in _shards)
            shard.Mailbox.Post(() => shard.Offsets.RemoveTopic(topic));
    }

    /// <summary>Forgets offsets that have expired; a timer calls it.</summary>
    public void ExpireOffsets()
    {
        foreach (var shard in _shards)
            shard.Mailbox.Post(shard.Offsets.Expire);
    }

    /// <summary>A new member's id as Kafka makes them: what is known of it, and something that nobody can guess.</summary>
    public string NewMemberId(string prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        lock (_services.Random)
            _services.Random.NextBytes(bytes);
        return $"{prefix}-{new Guid(bytes):D}";
    }

    /// <summary>Answers all parked requests, so that their connections can end. Call it before the network stops.</summary>
    public Task StopAsync()
    {
        _expiry?.Dispose();
        return Task.WhenAll(_shards.Select(shard => shard.Mailbox.AskAsync(() =>
        {
            shard.Stop();
            return true;
        })));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var shard in _shards)
            shard.Dispose();
    }

    private GroupReply NewReply() => new(new RequestId(Interlocked.Increment(ref _lastRequest)));

    // FNV-1a: the same in every run, unlike string.GetHashCode.
    private GroupShard ShardOf(string groupId)
    {
        var hash = 2166136261u;
        foreach (var c in groupId)
            hash = (hash ^ c) * 16777619u;
        return _shards[hash % ShardCount];
    }
}

using System.Runtime.CompilerServices;
using Chronik.Client.Consuming;
using Chronik.Protocol;

namespace Chronik.Client;

/// <summary>
/// Reads records: either from partitions that it is told (<see cref="AssignAsync"/>), or as a member of a group from
/// those that the group gives it (<see cref="Subscribe"/>). It is for one caller at a time. The client is not closed with it.
/// </summary>
public sealed class Consumer : IAsyncDisposable
{
    private readonly KafkaClient _client;
    private readonly Fetcher _fetcher;
    private readonly Dictionary<TopicPartition, long> _positions = [];
    private readonly Dictionary<TopicPartition, long> _committed = [];
    private GroupMembership? _group;
    private long _lastCommit;

    /// <summary>A consumer that reads through a client.</summary>
    public Consumer(KafkaClient client, ConsumerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        Options = options ?? new ConsumerOptions();
        _fetcher = new Fetcher(client.Options, Options);
        _lastCommit = client.Options.TimeProvider.GetTimestamp();
    }

    /// <summary>What it was made with.</summary>
    public ConsumerOptions Options { get; }

    /// <summary>The partitions it reads, and the offset that it reads next in each.</summary>
    public IReadOnlyDictionary<TopicPartition, long> Positions => _positions;

    /// <summary>Reads these partitions, instead of those before.</summary>
    /// <exception cref="KafkaException">One of them does not exist.</exception>
    public async Task AssignAsync(IReadOnlyDictionary<TopicPartition, StartAt> partitions, CancellationToken cancellation = default)
    {
        await LeaveGroupAsync();
        _positions.Clear();
        await StartAtAsync(partitions, cancellation);
    }

    /// <summary>Reads all partitions of a topic, or some of them.</summary>
    /// <exception cref="KafkaException">There is no such topic or partition.</exception>
    public async Task AssignTopicAsync(string topic, StartAt start, IReadOnlyCollection<int>? partitions = null, CancellationToken cancellation = default)
    {
        var indexes = partitions ?? [.. (await _client.GetTopicAsync(topic, cancellation: cancellation)).Partitions.Select(p => p.Index)];
        await AssignAsync(indexes.ToDictionary(index => new TopicPartition(topic, index), _ => start), cancellation);
    }

    /// <summary>Reads as a member of the group of the options; the next poll joins it.</summary>
    /// <exception cref="InvalidOperationException">The options name no group, or it is subscribed already.</exception>
    public void Subscribe(params IReadOnlyCollection<string> topics)
    {
        if (_group is not null)
            throw new InvalidOperationException("A consumer subscribes once.");
        if (Options.GroupId is null)
            throw new InvalidOperationException("To subscribe, set the GroupId of the options.");
        _positions.Clear();
        _group = new GroupMembership(_client.Options, Options, topics);
    }

    /// <summary>Goes on at another place in a partition that it reads.</summary>
    public async Task SeekAsync(TopicPartition partition, StartAt to, CancellationToken cancellation = default)
    {
        if (!_positions.ContainsKey(partition))
            throw new ArgumentException($"{partition} is not read here.", nameof(partition));
        await StartAtAsync(new Dictionary<TopicPartition, StartAt> { [partition] = to }, cancellation);
    }

    /// <summary>Returns the next records, or none where none came in time.</summary>
    /// <exception cref="KafkaException">A broker refused the fetch, or the group the member.</exception>
    public async Task<IReadOnlyList<ConsumedRecord>> PollAsync(TimeSpan timeout, CancellationToken cancellation = default)
    {
        var clock = _client.Options.TimeProvider;
        long start = clock.GetTimestamp();
        while (true)
        {
            await JoinOrCommitAsync(cancellation);
            var left = timeout - clock.GetElapsedTime(start);
            var wait = TimeSpan.FromTicks(Math.Clamp(left.Ticks, 0, Options.FetchWaitMax.Ticks));
            if (_positions.Count == 0)
                await Task.Delay(wait, clock, cancellation);
            var records = _positions.Count == 0 ? [] : await FetchAsync(wait, cancellation);
            if (records.Count > 0 || clock.GetElapsedTime(start) >= timeout)
                return records;
        }
    }

    /// <summary>All records, as they come, until it is cancelled.</summary>
    public async IAsyncEnumerable<ConsumedRecord> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            foreach (var record in await PollAsync(Options.FetchWaitMax, cancellation))
                yield return record;
        }
    }

    /// <summary>Commits what was read, for the group.</summary>
    /// <exception cref="InvalidOperationException">It is not a member of a group.</exception>
    public async Task CommitAsync(CancellationToken cancellation = default)
    {
        var group = _group ?? throw new InvalidOperationException("Only a member of a group commits.");
        _lastCommit = _client.Options.TimeProvider.GetTimestamp();
        var changed = _positions.Where(position => _committed.GetValueOrDefault(position.Key, -1) != position.Value).ToDictionary();
        if (changed.Count == 0 || !await group.CommitAsync(changed, cancellation))
            return;
        foreach (var (partition, offset) in changed)
            _committed[partition] = offset;
    }

    /// <summary>Commits, if that is automatic, leaves the group, and closes the connections that it fetches on.</summary>
    public async ValueTask DisposeAsync()
    {
        await LeaveGroupAsync();
        await _fetcher.DisposeAsync();
    }

    private async Task LeaveGroupAsync()
    {
        if (_group is null)
            return;
        try
        {
            if (Options.EnableAutoCommit && !_group.HasToJoin)
                await CommitAsync();
        }
        catch (Exception e) when (e is IOException or TimeoutException or KafkaException)
        {
            // Whoever reads these partitions next reads a few records again.
        }

        await _group.LeaveAsync();
        await _group.DisposeAsync();
        _group = null;
    }

    private async Task JoinOrCommitAsync(CancellationToken cancellation)
    {
        if (_group is null)
            return;
        bool isCommitDue = _client.Options.TimeProvider.GetElapsedTime(_lastCommit) >= Options.AutoCommitInterval;
        if (Options.EnableAutoCommit && _positions.Count > 0 && (isCommitDue || _group.HasToJoin))
            await CommitAsync(cancellation);
        if (_group.HasToJoin)
            await JoinAsync(_group, cancellation);
    }

    private async Task JoinAsync(GroupMembership group, CancellationToken cancellation)
    {
        var partitions = await group.JoinAsync(cancellation);
        _positions.Clear();
        _committed.Clear();
        if (partitions.Count > 0)
        {
            var committed = await group.FetchOffsetsAsync(partitions, cancellation);
            foreach (var (partition, offset) in committed)
                _committed[partition] = offset;
            await StartAtAsync(partitions.ToDictionary(p => p, p => committed.TryGetValue(p, out long offset) ? StartAt.Offset(offset) : Options.DefaultStart), cancellation);
        }

        Options.AssignmentChanged?.Invoke(partitions);
    }

    private async Task<List<ConsumedRecord>> FetchAsync(TimeSpan wait, CancellationToken cancellation)
    {
        var lost = new List<TopicPartition>();
        var records = await _fetcher.FetchAsync(_positions, lost, wait, cancellation);
        if (lost.Count > 0)
            await StartAtAsync(lost.Distinct().ToDictionary(partition => partition, _ => Options.DefaultStart), cancellation);
        return records;
    }

    private async Task StartAtAsync(IReadOnlyDictionary<TopicPartition, StartAt> partitions, CancellationToken cancellation)
    {
        var offsets = await _client.ListOffsetsAsync(partitions, cancellation);
        var pastEnd = partitions.Where(p => offsets[p.Key] < 0).ToDictionary(p => p.Key, _ => StartAt.End);
        foreach (var (partition, offset) in offsets)
            _positions[partition] = offset;
        if (pastEnd.Count == 0)
            return;
        foreach (var (partition, offset) in await _client.ListOffsetsAsync(pastEnd, cancellation))
            _positions[partition] = offset;
    }
}

using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Client.Consuming;

/// <summary>
/// A member of a classic group: joins, leads if it is told to, sends heartbeats, commits and leaves. It has connections
/// of its own: what waits behind a join on the same connection would wait for all other members.
/// </summary>
internal sealed class GroupMembership(KafkaClientOptions clientOptions, ConsumerOptions options, IReadOnlyCollection<string> topics) : IAsyncDisposable
{
    private const string ProtocolType = "consumer";
    private const short LastLeaveOfOneMember = 2;
    private const short LastCommitByTopicName = 9;
    private const short LastFetchOfOneGroup = 7;

    private readonly KafkaClient _client = new(clientOptions);
    private readonly string _groupId = options.GroupId!;
    private CancellationTokenSource? _heartbeatEnd;
    private Task _heartbeats = Task.CompletedTask;
    private string _memberId = "";
    private int _generation = -1;
    private volatile bool _hasToJoin = true;

    public bool HasToJoin => _hasToJoin;

    /// <summary>Joins, until the group is stable for this member.</summary>
    /// <returns>The partitions that it has now.</returns>
    public async Task<IReadOnlyList<TopicPartition>> JoinAsync(CancellationToken cancellation)
    {
        await StopHeartbeatsAsync();
        while (true)
        {
            var joined = await SendJoinAsync(cancellation);
            if (joined.ErrorCode == ErrorCode.None)
            {
                (_memberId, _generation) = (joined.MemberId, joined.GenerationId);
                var synced = await SendSyncAsync(joined, cancellation);
                if (synced.ErrorCode == ErrorCode.None)
                {
                    _hasToJoin = false;
                    _heartbeatEnd = new CancellationTokenSource();
                    _heartbeats = SendHeartbeatsAsync(_heartbeatEnd.Token);
                    return ReadAssignment(synced.Assignment);
                }

                Rejoin(synced.ErrorCode);
            }
            else if (joined.ErrorCode == ErrorCode.MemberIdRequired)
            {
                _memberId = joined.MemberId;
            }
            else
            {
                Rejoin(joined.ErrorCode);
            }
        }
    }

    /// <summary>Commits offsets; false where the group has gone on without this member.</summary>
    public async Task<bool> CommitAsync(IReadOnlyDictionary<TopicPartition, long> offsets, CancellationToken cancellation)
    {
        var request = new OffsetCommitRequest
        {
            GroupId = _groupId,
            GenerationIdOrMemberEpoch = _generation,
            MemberId = _memberId,
            GroupInstanceId = options.GroupInstanceId,
        };
        foreach (var topic in offsets.GroupBy(offset => offset.Key.Topic))
        {
            request.Topics.Add(new()
            {
                Name = topic.Key,
                Partitions = [.. topic.Select(offset => new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = offset.Key.Partition, CommittedOffset = offset.Value, CommittedMetadata = "" })],
            });
        }

        var response = await _client.SendToCoordinatorAsync(_groupId, request, FirstError, new() { HighestVersion = LastCommitByTopicName }, cancellation);
        var error = FirstError(response);
        if (IsLostMembership(error))
        {
            Rejoin(error);
            return false;
        }

        KafkaException.ThrowIfError(error, $"Committing offsets of group {_groupId}");
        return true;

        static ErrorCode FirstError(OffsetCommitResponse response) =>
            response.Topics.SelectMany(topic => topic.Partitions).Select(p => p.ErrorCode).FirstOrDefault(e => e != ErrorCode.None);
    }

    /// <summary>The group's committed offsets; partitions that have none are left out.</summary>
    public async Task<Dictionary<TopicPartition, long>> FetchOffsetsAsync(IEnumerable<TopicPartition> partitions, CancellationToken cancellation)
    {
        var request = new OffsetFetchRequest
        {
            GroupId = _groupId,
            Topics = [.. partitions.GroupBy(p => p.Topic).Select(topic => new OffsetFetchRequest.OffsetFetchRequestTopic { Name = topic.Key, PartitionIndexes = [.. topic.Select(p => p.Partition)] })],
        };
        var response = await _client.SendToCoordinatorAsync(_groupId, request, ErrorOf, new() { HighestVersion = LastFetchOfOneGroup }, cancellation);
        KafkaException.ThrowIfError(ErrorOf(response), $"The offsets of group {_groupId}");
        return response.Topics
            .SelectMany(topic => topic.Partitions, (topic, p) => (Partition: new TopicPartition(topic.Name, p.PartitionIndex), p.CommittedOffset))
            .Where(found => found.CommittedOffset >= 0)
            .ToDictionary(found => found.Partition, found => found.CommittedOffset);

        static ErrorCode ErrorOf(OffsetFetchResponse response) => response.ErrorCode != ErrorCode.None
            ? response.ErrorCode
            : response.Topics.SelectMany(topic => topic.Partitions).Select(p => p.ErrorCode).FirstOrDefault(e => e != ErrorCode.None);
    }

    /// <summary>Leaves the group at once, unless it is a static member, which may come back.</summary>
    public async Task LeaveAsync()
    {
        await StopHeartbeatsAsync();
        if (options.GroupInstanceId is not null || _memberId.Length == 0)
            return;
        try
        {
            var coordinator = await _client.FindCoordinatorAsync(_groupId);
            var request = new LeaveGroupRequest { GroupId = _groupId, MemberId = _memberId };
            await _client.SendToBrokerAsync(coordinator.Id, request, new() { HighestVersion = LastLeaveOfOneMember });
        }
        catch (Exception e) when (e is IOException or TimeoutException or KafkaException)
        {
            // The session timeout tells the group.
        }
    }

    /// <summary>Stops the heartbeats and closes the member's connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopHeartbeatsAsync();
        await _client.DisposeAsync();
    }

    private static bool IsLostMembership(ErrorCode error) => error is
        ErrorCode.RebalanceInProgress or ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration;

    private static IReadOnlyList<TopicPartition> ReadAssignment(ReadOnlyMemory<byte> bytes) =>
    [
        .. from topic in ConsumerProtocol.ReadAssignment(bytes).AssignedPartitions
           from partition in topic.Partitions
           select new TopicPartition(topic.Topic, partition),
    ];

    private Task<JoinGroupResponse> SendJoinAsync(CancellationToken cancellation)
    {
        const short subscriptionVersion = 1;
        var subscription = new ConsumerProtocolSubscription { Topics = [.. topics] };
        var request = new JoinGroupRequest
        {
            GroupId = _groupId,
            SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
            RebalanceTimeoutMs = (int)options.RebalanceTimeout.TotalMilliseconds,
            MemberId = _memberId,
            GroupInstanceId = options.GroupInstanceId,
            ProtocolType = ProtocolType,
            Protocols = { new() { Name = RangeAssignor.Name, Metadata = ConsumerProtocol.Write(subscription, subscriptionVersion) } },
        };
        var patience = options.RebalanceTimeout + _client.Options.RequestTimeout;
        return _client.SendToCoordinatorAsync(_groupId, request, response => response.ErrorCode, new() { Timeout = patience }, cancellation);
    }

    private async Task<SyncGroupResponse> SendSyncAsync(JoinGroupResponse joined, CancellationToken cancellation)
    {
        var request = new SyncGroupRequest
        {
            GroupId = _groupId,
            GenerationId = _generation,
            MemberId = _memberId,
            GroupInstanceId = options.GroupInstanceId,
            ProtocolType = ProtocolType,
            ProtocolName = joined.ProtocolName,
        };
        if (joined.Leader == _memberId && !joined.SkipAssignment)
            request.Assignments = await AssignAsync(joined, cancellation);
        return await _client.SendToCoordinatorAsync(_groupId, request, response => response.ErrorCode, new() { Timeout = options.RebalanceTimeout }, cancellation);
    }

    private async Task<List<SyncGroupRequest.SyncGroupRequestAssignment>> AssignAsync(JoinGroupResponse joined, CancellationToken cancellation)
    {
        var subscriptions = joined.Members
            .OrderBy(member => member.GroupInstanceId is null)
            .ThenBy(member => member.GroupInstanceId ?? member.MemberId, StringComparer.Ordinal)
            .Select(member => (member.MemberId, Topics: (IReadOnlyCollection<string>)ConsumerProtocol.ReadSubscription(member.Metadata).Topics))
            .ToList();
        var names = subscriptions.SelectMany(member => member.Topics).Distinct().ToList();
        var metadata = await _client.GetMetadataAsync(names, createMissing: true, cancellation);
        var counts = metadata.Topics.Where(topic => topic.Error == ErrorCode.None).ToDictionary(topic => topic.Name, topic => topic.Partitions.Count);
        return [.. RangeAssignor.Assign(subscriptions, counts).Select(member => new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = member.Key, Assignment = WriteAssignment(member.Value) })];
    }

    private static byte[] WriteAssignment(List<TopicPartition> partitions)
    {
        var assignment = new ConsumerProtocolAssignment();
        foreach (var topic in partitions.GroupBy(p => p.Topic))
            assignment.AssignedPartitions.Add(new() { Topic = topic.Key, Partitions = [.. topic.Select(p => p.Partition)] });
        return ConsumerProtocol.Write(assignment, version: 0);
    }

    private async Task SendHeartbeatsAsync(CancellationToken end)
    {
        try
        {
            while (true)
            {
                await Task.Delay(options.HeartbeatInterval, _client.Options.TimeProvider, end);
                await SendHeartbeatAsync(end);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The member joins anew, or leaves.
        }
        catch (KafkaException)
        {
            _hasToJoin = true;
        }
    }

    private async Task SendHeartbeatAsync(CancellationToken end)
    {
        var request = new HeartbeatRequest { GroupId = _groupId, GenerationId = _generation, MemberId = _memberId, GroupInstanceId = options.GroupInstanceId };
        try
        {
            var response = await _client.SendToCoordinatorAsync(_groupId, request, answer => answer.ErrorCode, cancellation: end);
            if (response.ErrorCode != ErrorCode.None)
                Rejoin(response.ErrorCode);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            // The next heartbeat, or the next fetch, shows whether the brokers are back.
        }
    }

    /// <summary>Decides how to go on after an error of the group's protocol.</summary>
    private void Rejoin(ErrorCode error)
    {
        if (!IsLostMembership(error))
            KafkaException.ThrowIfError(error, $"Group {_groupId}");
        _hasToJoin = true;
        if (error != ErrorCode.RebalanceInProgress)
            (_memberId, _generation) = ("", -1);
    }

    private async Task StopHeartbeatsAsync()
    {
        if (_heartbeatEnd is null)
            return;
        await _heartbeatEnd.CancelAsync();
        await _heartbeats;
        _heartbeatEnd.Dispose();
        _heartbeatEnd = null;
    }
}

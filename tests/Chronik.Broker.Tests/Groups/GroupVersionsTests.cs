using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Tests.Groups;

/// <summary>Each group API in each of its versions, also those that Kafka 4 no longer serves, through frames.</summary>
public sealed class GroupVersionsTests
{
    public static TheoryData<short> Versions(int highest) => [.. Enumerable.Range(0, highest + 1).Select(version => (short)version)];

    [Theory]
    [MemberData(nameof(Versions), 6)]
    public async Task The_coordinator_is_this_broker_at_the_address_that_the_client_knows(short version)
    {
        await using var broker = await BrokerFixture.StartAsync();
        using var client = broker.Connect();
        var answer = await client.CallAsync<FindCoordinatorRequest, FindCoordinatorResponse>(
            version < 4 ? new() { Key = "g" } : new() { CoordinatorKeys = ["g", "h"] }, version);
        if (version < 4)
        {
            Assert.Equal((ErrorCode.None, 1, broker.Port), (answer.ErrorCode, answer.NodeId, answer.Port));
            return;
        }

        Assert.Equal(["g", "h"], answer.Coordinators.Select(coordinator => coordinator.Key));
        Assert.All(answer.Coordinators, coordinator => Assert.Equal((ErrorCode.None, 1, broker.Port), (coordinator.ErrorCode, coordinator.NodeId, coordinator.Port)));
    }

    [Theory]
    [MemberData(nameof(Versions), 9)]
    public async Task A_member_joins_syncs_heartbeats_and_leaves(short version)
    {
        await using var broker = await BrokerFixture.StartAsync();
        using var client = broker.Connect();
        var join = Join(version);
        var joined = await client.CallAsync<JoinGroupRequest, JoinGroupResponse>(join, version);
        if (version >= 4)
        {
            Assert.Equal(ErrorCode.MemberIdRequired, joined.ErrorCode);
            join.MemberId = joined.MemberId;
            joined = await client.CallAsync<JoinGroupRequest, JoinGroupResponse>(join, version);
        }

        Assert.Equal((ErrorCode.None, 1, joined.MemberId, "range"), (joined.ErrorCode, joined.GenerationId, joined.Leader, joined.ProtocolName));
        var member = Assert.Single(joined.Members);
        Assert.Equal(new byte[] { 7 }, member.Metadata.ToArray());

        var syncVersion = Math.Min(version, (short)5);
        var synced = await client.CallAsync<SyncGroupRequest, SyncGroupResponse>(
            new()
            {
                GroupId = "g",
                GenerationId = 1,
                MemberId = joined.MemberId,
                ProtocolType = syncVersion >= 5 ? "consumer" : null,
                ProtocolName = syncVersion >= 5 ? "range" : null,
                Assignments = [new() { MemberId = joined.MemberId, Assignment = new byte[] { 8, 9 } }],
            },
            syncVersion);
        Assert.Equal(ErrorCode.None, synced.ErrorCode);
        Assert.Equal(new byte[] { 8, 9 }, synced.Assignment.ToArray());

        var heartbeat = await client.CallAsync<HeartbeatRequest, HeartbeatResponse>(
            new() { GroupId = "g", GenerationId = 1, MemberId = joined.MemberId }, Math.Min(version, (short)4));
        Assert.Equal(ErrorCode.None, heartbeat.ErrorCode);

        var leaveVersion = Math.Min(version, (short)5);
        var left = await client.CallAsync<LeaveGroupRequest, LeaveGroupResponse>(
            leaveVersion < 3 ? new() { GroupId = "g", MemberId = joined.MemberId } : new() { GroupId = "g", Members = [new() { MemberId = joined.MemberId }] },
            leaveVersion);
        Assert.Equal(ErrorCode.None, left.ErrorCode);
        Assert.All(left.Members, each => Assert.Equal((joined.MemberId, ErrorCode.None), (each.MemberId, each.ErrorCode)));
    }

    [Theory]
    [MemberData(nameof(Versions), 6)]
    public async Task A_group_is_described_with_its_members(short version)
    {
        await using var broker = await BrokerFixture.StartAsync();
        using var client = broker.Connect();
        var joined = await client.CallAsync<JoinGroupRequest, JoinGroupResponse>(Join(0), 0);
        var answer = await client.CallAsync<DescribeGroupsRequest, DescribeGroupsResponse>(new() { Groups = ["g", "nobody"] }, version);
        var group = answer.Groups[0];
        Assert.Equal((ErrorCode.None, "CompletingRebalance", "consumer", ""), (group.ErrorCode, group.GroupState, group.ProtocolType, group.ProtocolData));
        Assert.Equal((joined.MemberId, "test"), (group.Members[0].MemberId, group.Members[0].ClientId));
        Assert.Equal(("Dead", version >= 6 ? ErrorCode.GroupIdNotFound : ErrorCode.None), (answer.Groups[1].GroupState, answer.Groups[1].ErrorCode));
    }

    [Theory]
    [MemberData(nameof(Versions), 5)]
    public async Task Groups_are_listed(short version)
    {
        await using var broker = await BrokerFixture.StartAsync();
        using var client = broker.Connect();
        await client.CallAsync<JoinGroupRequest, JoinGroupResponse>(Join(0), 0);
        var answer = await client.CallAsync<ListGroupsRequest, ListGroupsResponse>(version >= 4 ? new() { StatesFilter = ["completingrebalance"] } : new(), version);
        var listed = Assert.Single(answer.Groups);
        Assert.Equal(("g", "consumer"), (listed.GroupId, listed.ProtocolType));
        if (version >= 4)
            Assert.Empty((await client.CallAsync<ListGroupsRequest, ListGroupsResponse>(new() { StatesFilter = ["Empty"] }, version)).Groups);
    }

    [Theory]
    [MemberData(nameof(Versions), 10)]
    public async Task Offsets_are_committed_and_fetched(short version)
    {
        await using var broker = await BrokerFixture.StartAsync();
        var topic = await broker.CreateTopicAsync("t", 2);
        using var client = broker.Connect();
        var committed = await client.CallAsync<OffsetCommitRequest, OffsetCommitResponse>(
            new()
            {
                GroupId = "g",
                Topics = [new()
                {
                    Name = version < 10 ? "t" : "",
                    TopicId = version < 10 ? default : topic.Id.Value,
                    Partitions = [new() { PartitionIndex = 1, CommittedOffset = 42, CommittedMetadata = "words" }],
                }],
            },
            version);
        Assert.Equal(ErrorCode.None, committed.Topics[0].Partitions[0].ErrorCode);

        var (offset, metadata, name) = await FetchAsync(client, version, topic.Id.Value);
        Assert.Equal((42, "words", version < 10 ? "t" : ""), (offset, metadata, name));
    }

    [Theory]
    [MemberData(nameof(Versions), 3)]
    public async Task A_group_is_deleted_with_its_offsets(short version)
    {
        await using var broker = await BrokerFixture.StartAsync();
        var topic = await broker.CreateTopicAsync("t", 2);
        using var client = broker.Connect();
        await CommitAsync(client, "t");
        var deleted = await client.CallAsync<DeleteGroupsRequest, DeleteGroupsResponse>(new() { GroupsNames = ["g", "nobody"] }, version);
        Assert.Equal([("g", ErrorCode.None), ("nobody", ErrorCode.GroupIdNotFound)], deleted.Results.Select(result => (result.GroupId, result.ErrorCode)));
        Assert.Equal(-1, (await FetchAsync(client, 8, topic.Id.Value)).Offset);
    }

    [Fact]
    public async Task Offsets_are_deleted_one_by_one()
    {
        await using var broker = await BrokerFixture.StartAsync();
        var topic = await broker.CreateTopicAsync("t", 2);
        using var client = broker.Connect();
        await CommitAsync(client, "t");
        var deleted = await client.CallAsync<OffsetDeleteRequest, OffsetDeleteResponse>(
            new() { GroupId = "g", Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 1 }, new() { PartitionIndex = 7 }] }] }, 0);
        Assert.Equal([ErrorCode.None, ErrorCode.UnknownTopicOrPartition], deleted.Topics[0].Partitions.Select(partition => partition.ErrorCode));
        Assert.Equal(-1, (await FetchAsync(client, 8, topic.Id.Value)).Offset);
    }

    [Fact]
    public async Task What_hostile_clients_send_is_answered_or_refused_and_disturbs_nobody()
    {
        await using var broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using var client = broker.Connect();
        var crowded = Join(9);
        crowded.Protocols = [.. Enumerable.Range(0, 1_000).Select(i => new JoinGroupRequest.JoinGroupRequestProtocol { Name = $"p{i}", Metadata = new byte[1_000] })];
        Assert.Equal(ErrorCode.MemberIdRequired, (await client.CallAsync<JoinGroupRequest, JoinGroupResponse>(crowded, 9)).ErrorCode);
        var negative = Join(9);
        negative.RebalanceTimeoutMs = int.MinValue;
        negative.GroupInstanceId = "i";
        Assert.Equal(ErrorCode.None, (await client.CallAsync<JoinGroupRequest, JoinGroupResponse>(negative, 9)).ErrorCode);
        var timeless = await client.CallAsync<OffsetCommitRequest, OffsetCommitResponse>(
            new() { GroupId = "h", RetentionTimeMs = long.MaxValue, Topics = [new() { Name = "t", Partitions = [new() { CommittedOffset = long.MinValue }] }] }, 2);
        Assert.Equal(ErrorCode.None, timeless.Topics[0].Partitions[0].ErrorCode);
        var dated = await client.CallAsync<OffsetCommitRequest, OffsetCommitResponse>(
            new() { GroupId = "h", GenerationIdOrMemberEpoch = -1, Topics = [new() { Name = "t", Partitions = [new() { CommittedOffset = 1, CommitTimestamp = long.MaxValue }] }] }, 1);
        Assert.Equal(ErrorCode.None, dated.Topics[0].Partitions[0].ErrorCode);
        Assert.Equal(ErrorCode.None, (await client.CallAsync<ListGroupsRequest, ListGroupsResponse>(new(), 5)).ErrorCode);
    }

    private static JoinGroupRequest Join(short version) => new()
    {
        GroupId = "g",
        SessionTimeoutMs = 30_000,
        RebalanceTimeoutMs = version >= 1 ? 60_000 : -1,
        ProtocolType = "consumer",
        Protocols = [new() { Name = "range", Metadata = new byte[] { 7 } }],
    };

    private static Task<OffsetCommitResponse> CommitAsync(WireClient client, string topic) => client.CallAsync<OffsetCommitRequest, OffsetCommitResponse>(
        new() { GroupId = "g", Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 1, CommittedOffset = 42 }] }] }, 2);

    private static async Task<(long Offset, string? Metadata, string Name)> FetchAsync(WireClient client, short version, Guid topicId)
    {
        if (version < 8)
        {
            var old = await client.CallAsync<OffsetFetchRequest, OffsetFetchResponse>(
                new() { GroupId = "g", Topics = [new() { Name = "t", PartitionIndexes = [1] }] }, version);
            var topic = old.Topics[0];
            return (topic.Partitions[0].CommittedOffset, topic.Partitions[0].Metadata, topic.Name);
        }

        var response = await client.CallAsync<OffsetFetchRequest, OffsetFetchResponse>(
            new() { Groups = [new() { GroupId = "g", Topics = [new() { Name = version < 10 ? "t" : "", TopicId = version < 10 ? default : topicId, PartitionIndexes = [1] }] }] }, version);
        var found = response.Groups[0].Topics[0];
        return (found.Partitions[0].CommittedOffset, found.Partitions[0].Metadata, found.Name);
    }
}

using System.Diagnostics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Groups;

/// <summary>Groups through the whole broker: frames in, frames out, SQL underneath, on a clock that tests move.</summary>
public sealed class GroupWireTests
{
    private const short JoinVersion = 9;
    private const short SyncVersion = 5;

    // A subscription to "t", version 0, no user data.
    private static readonly byte[] Subscription = [0, 0, 0, 0, 0, 1, 0, 1, (byte)'t', 255, 255, 255, 255];

    [Fact]
    public async Task Three_consumers_that_come_one_after_another_share_three_partitions()
    {
        await using var broker = await BrokerFixture.StartAsync(time: new FakeTimeProvider());
        await broker.CreateTopicAsync("t", 3);
        using var first = new Member(broker.Connect());
        await first.JoinAsync();
        await first.SyncAsync(Everyone(first));

        using var second = new Member(broker.Connect());
        using var third = new Member(broker.Connect());
        var joining = new[] { await second.BeginJoinAsync(), await third.BeginJoinAsync() };
        await Eventually.True(async () => (await first.HeartbeatAsync()) == ErrorCode.RebalanceInProgress);

        // Nobody goes on before the first has rejoined, however many others are there.
        Assert.All(joining, join => Assert.False(join.IsCompleted));
        await first.JoinAsync();
        await Task.WhenAll(joining);
        Assert.Equal(3, first.Joined.Members.Count);
        var waiting = new[] { second.SyncAsync(), third.SyncAsync() };
        await first.SyncAsync(Everyone(first));
        await Task.WhenAll(waiting);
        Assert.Equal(3, new HashSet<byte> { first.Assignment[0], second.Assignment[0], third.Assignment[0] }.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(1_000)]
    public async Task When_the_leader_is_silent_its_followers_work_within_half_a_second_of_the_rescue(int size)
    {
        var time = new FakeTimeProvider();
        await using var broker = await BrokerFixture.StartAsync(time: time);
        await broker.CreateTopicAsync("t", size);
        var members = Enumerable.Range(0, size).Select(_ => new Member(broker.Connect())).ToList();
        var joining = new List<Task>();
        foreach (var member in members)
            joining.Add(await member.BeginJoinAsync());

        // Whoever was in an earlier generation learns of the rebalance and rejoins, as clients do.
        async Task<bool> AllShareAGenerationAsync()
        {
            foreach (var (member, i) in members.Select((member, i) => (member, i)))
            {
                if (joining[i].IsCompleted && await member.HeartbeatAsync() != ErrorCode.None)
                    joining[i] = await member.BeginJoinAsync();
            }

            return joining.TrueForAll(join => join.IsCompleted) && members.Select(member => member.Joined.GenerationId).Distinct().Count() == 1;
        }

        await Eventually.True(AllShareAGenerationAsync, TimeSpan.FromMinutes(1));

        var waiting = members.Where(member => member.Joined.Leader != member.Joined.MemberId).Select(member => member.SyncAsync()).ToList();
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.All(waiting, sync => Assert.False(sync.IsCompleted));
        time.Advance(TimeSpan.FromSeconds(0.1));
        var clock = Stopwatch.StartNew();
        await Eventually.Completed(Task.WhenAll(waiting));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed} from the rescue to the last answer");

        // The leader's late list is ignored: it gets its part of what is stored.
        var leader = members.Single(member => member.Joined.Leader == member.Joined.MemberId);
        await leader.SyncAsync(Everyone(leader));
        Assert.True(leader.Assignment.Length > 1);
        Assert.Single(broker.Log.Warnings, line =>
            line.Contains("silent leader rescued", StringComparison.Ordinal) && line.Contains($"member {leader.Joined.MemberId}, client.id test", StringComparison.Ordinal));
        members.ForEach(member => member.Dispose());
    }

    [Fact]
    public async Task A_broker_that_stops_does_not_wait_for_parked_requests()
    {
        await using var broker = await BrokerFixture.StartAsync(time: new FakeTimeProvider());
        using var first = new Member(broker.Connect());
        await first.JoinAsync();
        await first.SyncAsync(Everyone(first));
        using var second = new Member(broker.Connect());
        var parked = await second.BeginJoinAsync();
        await Eventually.True(async () => (await first.HeartbeatAsync()) == ErrorCode.RebalanceInProgress);
        await Eventually.Completed(broker.Host.StopAsync());
        await Eventually.True(() => parked.IsCompleted);
    }

    [Fact]
    public async Task A_client_that_hangs_up_in_a_parked_join_does_not_hold_the_others()
    {
        await using var broker = await BrokerFixture.StartAsync(time: new FakeTimeProvider());
        using var first = new Member(broker.Connect());
        await first.JoinAsync();
        await first.SyncAsync(Everyone(first));
        var ghost = broker.Connect();
        await ghost.SendAsync<JoinGroupRequest, JoinGroupResponse>(Member.JoinRequest("", 3), 3);
        await Eventually.True(async () => (await first.HeartbeatAsync()) == ErrorCode.RebalanceInProgress);
        ghost.Dispose();
        await Eventually.True(async () => (await broker.Host.Services.Groups.DescribeAsync("g"))!.Members.Count == 1);
        await first.JoinAsync();
        Assert.Single(first.Joined.Members);
    }

    private static Dictionary<string, byte[]> Everyone(Member leader) => leader.Joined.Members
        .Select((member, i) => (member.MemberId, Part: new[] { (byte)i }))
        .ToDictionary(each => each.MemberId, each => each.Part, StringComparer.Ordinal);

    /// <summary>A consumer on a connection of its own for parked requests and one for heartbeats.</summary>
    private sealed class Member(WireClient client) : IDisposable
    {
        private string _memberId = "";

        public JoinGroupResponse Joined { get; private set; } = new();

        public byte[] Assignment { get; private set; } = [];

        public static JoinGroupRequest JoinRequest(string memberId, short version) => new()
        {
            GroupId = "g",
            MemberId = memberId,
            SessionTimeoutMs = 45_000,
            RebalanceTimeoutMs = version >= 1 ? 300_000 : -1,
            ProtocolType = "consumer",
            Protocols = [new() { Name = "range", Metadata = Subscription }],
        };

        public async Task JoinAsync() => await await BeginJoinAsync();

        /// <summary>Returns when the join is sent; its result when it is answered.</summary>
        public async Task<Task> BeginJoinAsync()
        {
            if (_memberId.Length == 0)
            {
                var given = await client.CallAsync<JoinGroupRequest, JoinGroupResponse>(JoinRequest("", JoinVersion), JoinVersion);
                Assert.Equal(ErrorCode.MemberIdRequired, given.ErrorCode);
                _memberId = given.MemberId;
            }

            var correlationId = await client.SendAsync<JoinGroupRequest, JoinGroupResponse>(JoinRequest(_memberId, JoinVersion), JoinVersion);
            return ReceiveJoinAsync(correlationId);
        }

        public async Task SyncAsync(Dictionary<string, byte[]>? assignments = null)
        {
            var answer = await client.CallAsync<SyncGroupRequest, SyncGroupResponse>(
                new SyncGroupRequest
                {
                    GroupId = "g",
                    GenerationId = Joined.GenerationId,
                    MemberId = _memberId,
                    ProtocolType = "consumer",
                    ProtocolName = "range",
                    Assignments = [.. (assignments ?? []).Select(each => new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = each.Key, Assignment = each.Value })],
                },
                SyncVersion);
            Assert.Equal(ErrorCode.None, answer.ErrorCode);
            Assignment = answer.Assignment.ToArray();
        }

        public async Task<ErrorCode> HeartbeatAsync() => (await client.CallAsync<HeartbeatRequest, HeartbeatResponse>(
            new HeartbeatRequest { GroupId = "g", GenerationId = Joined.GenerationId, MemberId = _memberId }, 4)).ErrorCode;

        public void Dispose() => client.Dispose();

        private async Task ReceiveJoinAsync(int correlationId)
        {
            var answer = await client.ReceiveAsync<JoinGroupResponse>(JoinVersion, correlationId);
            if (answer.ErrorCode == ErrorCode.None)
                Joined = answer;
        }
    }
}

using Chronik.Broker.Fetching;
using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Storage.Log;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Data;

public sealed class FetchSessionTests
{
    [Fact]
    public async Task A_session_answers_only_what_is_new()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t", 3);
        using WireClient client = broker.Connect();
        FetchResponse first = await Call(client, Begin(0, 1, 2));
        Assert.NotEqual(0, first.SessionId);
        Assert.Equal(3, first.Responses[0].Partitions.Count);

        FetchResponse nothing = await Call(client, Next(first.SessionId, 1));
        Assert.Empty(nothing.Responses);
        Assert.Equal(first.SessionId, nothing.SessionId);

        await client.ProduceAsync("t", 1, Requests.Batch());
        FetchResponse.PartitionData changed = Assert.Single(Assert.Single((await Call(client, Next(first.SessionId, 2))).Responses).Partitions);
        Assert.Equal(1, changed.PartitionIndex);
    }

    [Fact]
    public async Task Partitions_with_records_go_to_the_end_of_the_order()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t", 3);
        using WireClient client = broker.Connect();
        int session = (await Call(client, Begin(0, 1, 2))).SessionId;
        foreach (int partition in new[] { 0, 1, 2 })
            await client.ProduceAsync("t", partition, Requests.Batch(valueBytes: 100));
        var withRecords = new List<int>();
        for (int epoch = 1; epoch <= 3; epoch++)
        {
            FetchRequest request = Next(session, epoch);
            request.MaxBytes = 1;
            FetchResponse response = await Call(client, request);
            withRecords.Add(Assert.Single(response.Responses[0].Partitions, partition => partition.Records.Length > 0).PartitionIndex);
        }

        Assert.Equal([0, 1, 2], withRecords);
    }

    [Fact]
    public async Task Forgotten_partitions_are_read_no_more_and_a_session_without_any_ends()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t", 2);
        using WireClient client = broker.Connect();
        int session = (await Call(client, Begin(0, 1))).SessionId;
        await client.ProduceAsync("t", 0, Requests.Batch());
        FetchRequest forget = Next(session, 1);
        forget.ForgottenTopicsData = [new() { Topic = "t", Partitions = [0] }];
        Assert.Empty((await Call(client, forget)).Responses);
        FetchRequest forgetAll = Next(session, 2);
        forgetAll.ForgottenTopicsData = [new() { Topic = "t", Partitions = [1] }];
        Assert.Equal(0, (await Call(client, forgetAll)).SessionId);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await Call(client, Next(session, 3))).ErrorCode);
    }

    [Fact]
    public async Task Wrong_sessions_have_their_errors()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        int session = (await Call(client, Begin(0))).SessionId;
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, (await Call(client, Next(session ^ 1, 1))).ErrorCode);
        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, (await Call(client, Next(session, 2))).ErrorCode);
        Assert.Equal(ErrorCode.FetchSessionTopicIdError, (await client.CallAsync<FetchRequest, FetchResponse>(Next(session, 1), 13)).ErrorCode);
        Assert.Equal(ErrorCode.None, (await Call(client, Next(session, 1))).ErrorCode);
    }

    [Fact]
    public async Task The_final_epoch_ends_the_session_and_begins_none()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        int session = (await Call(client, Begin(0))).SessionId;
        FetchRequest final = Begin(0);
        (final.SessionId, final.SessionEpoch) = (session, FetchEpoch.Final);
        FetchResponse response = await Call(client, final);
        Assert.Equal((0, 1), (response.SessionId, response.Responses.Count));
        Assert.Equal(0, broker.Host.Services.FetchSessions.Count);
    }

    [Fact]
    public void A_full_cache_gives_way_to_larger_sessions_when_it_is_old()
    {
        var time = new FakeTimeProvider();
        var cache = new FetchSessionCache(new BrokerOptions { FetchSessionsMax = 2 }, time, new Random(1));
        FetchSession? one = cache.TryBegin(12, Targets(1));
        FetchSession? two = cache.TryBegin(12, Targets(2));
        Assert.True(one is not null && two is not null);
        Assert.Null(cache.TryBegin(12, Targets(3)));

        time.Advance(TimeSpan.FromSeconds(121));
        cache.Plan(12, Next(one!.Id, 1));
        cache.Plan(12, Next(two!.Id, 1));
        Assert.Null(cache.TryBegin(12, Targets(1)));
        Assert.NotNull(cache.TryBegin(12, Targets(2)));
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, cache.Plan(12, Next(one.Id, 2)).Error);

        time.Advance(TimeSpan.FromSeconds(121));
        Assert.NotNull(cache.TryBegin(12, Targets(1)));
        Assert.Equal(2, cache.Count);
    }

    [Fact]
    public void A_session_is_not_begun_where_all_would_hold_too_many_partitions()
    {
        var time = new FakeTimeProvider();
        var cache = new FetchSessionCache(new BrokerOptions { FetchSessionPartitionsMax = 10 }, time, new Random(1));
        FetchSession? four = cache.TryBegin(12, Targets(4));
        Assert.NotNull(cache.TryBegin(12, Targets(5)));
        Assert.Null(cache.TryBegin(12, Targets(2)));
        Assert.NotNull(cache.TryBegin(12, Targets(1)));
        Assert.Null(cache.TryBegin(12, Targets(11)));
        Assert.Equal(3, cache.Count);

        // Those that were idle for long make room, as many as it takes.
        time.Advance(TimeSpan.FromSeconds(121));
        Assert.Null(cache.TryBegin(12, Targets(11)));
        Assert.Equal(3, cache.Count);
        Assert.NotNull(cache.TryBegin(12, Targets(10)));
        Assert.Equal(1, cache.Count);
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, cache.Plan(12, Next(four!.Id, 1)).Error);
    }

    [Fact]
    public void A_session_that_grows_past_what_all_may_hold_ends_and_its_request_is_answered()
    {
        var cache = new FetchSessionCache(new BrokerOptions { FetchSessionPartitionsMax = 4 }, new FakeTimeProvider(), new Random(1));
        FetchSession session = cache.TryBegin(12, Targets(3))!;
        FetchRequest one = Begin(3);
        (one.SessionId, one.SessionEpoch) = (session.Id, 1);
        Assert.Same(session, cache.Plan(12, one).Session);

        FetchRequest another = Begin(4);
        (another.SessionId, another.SessionEpoch) = (session.Id, 2);
        FetchPlan plan = cache.Plan(12, another);
        Assert.Equal((ErrorCode.None, null, false, 5), (plan.Error, plan.Session, plan.WantsSession, plan.Targets.Length));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void A_partition_that_is_named_twice_is_in_a_session_once()
    {
        var cache = new FetchSessionCache(new BrokerOptions(), new FakeTimeProvider(), new Random(1));
        FetchSession session = cache.TryBegin(12, [.. Targets(2), .. Targets(3)])!;
        Assert.Equal([0, 1, 2], session.Targets.Select(target => target.Key.Partition));
    }

    [Fact]
    public async Task Sessions_name_a_topic_by_its_one_string()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        int id = (await Call(client, Begin(0))).SessionId;
        Assert.True(broker.Host.Services.Topics.TryGet("t", out Topic? topic));
        FetchPlan plan = broker.Host.Services.FetchSessions.Plan(12, Next(id, 1));
        Assert.Same(topic.Name, Assert.Single(plan.Targets).Key.Topic);
    }

    [Fact]
    public async Task A_session_that_waits_is_woken_by_any_of_its_partitions()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t", 3);
        using WireClient client = broker.Connect();
        using WireClient producer = broker.Connect();
        Assert.True(broker.Host.Services.Topics.TryGet("t", out Topic? topic));
        int session = (await Call(client, Begin(0, 1, 2))).SessionId;
        IPartitionLog[] logs = [.. topic.Logs];
        var next = new FetchRequest.FetchTopic { Topic = "t" };
        for (int epoch = 1; epoch <= 3; epoch++)
        {
            int partition = epoch % 3;
            FetchRequest wait = Next(session, epoch);
            (wait.MinBytes, wait.MaxWaitMs, wait.Topics) = (1, 60_000, [next]);
            Task<FetchResponse> waiting = Call(client, wait);
            await Eventually.True(() => logs.All(log => broker.Host.Services.FetchWaiters.CountOf(log) == 1));
            await producer.ProduceAsync("t", partition, Requests.Batch());
            FetchResponse woken = await waiting;
            Assert.Equal(partition, Assert.Single(Assert.Single(woken.Responses).Partitions).PartitionIndex);
            Assert.All(logs, log => Assert.Equal(0, broker.Host.Services.FetchWaiters.CountOf(log)));
            next.Partitions = [new() { Partition = partition, FetchOffset = 1, PartitionMaxBytes = 1 << 20 }];
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(int.MaxValue, 1)]
    public void Epochs_wrap_past_zero(int epoch, int next) => Assert.Equal(next, FetchEpoch.Next(epoch));

    private static FetchTarget[] Targets(int count) => [.. Enumerable.Range(0, count).Select(p => new FetchTarget(new FetchKey("t", Guid.Empty, p)))];

    private static Task<FetchResponse> Call(WireClient client, FetchRequest request) => client.CallAsync<FetchRequest, FetchResponse>(request, 12);

    private static FetchRequest Begin(params int[] partitions) => new()
    {
        SessionEpoch = FetchEpoch.Initial,
        Topics = [new() { Topic = "t", Partitions = [.. partitions.Select(p => new FetchRequest.FetchPartition { Partition = p, PartitionMaxBytes = 1 << 20 })] }],
    };

    private static FetchRequest Next(int session, int epoch) => new() { SessionId = session, SessionEpoch = epoch };
}

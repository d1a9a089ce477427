using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;
using Chronik.TestKit;

namespace Chronik.Client.Tests;

public sealed class RetryTests
{
    [Fact]
    public async Task A_broker_without_the_newest_ApiVersions_is_asked_in_version_0()
    {
        await using var broker = new FakeBroker();
        broker.OnRaw(ApiKey.ApiVersions, version => writer =>
        {
            var served = new ApiVersionsResponse
            {
                ErrorCode = version == 0 ? ErrorCode.None : ErrorCode.UnsupportedVersion,
                ApiKeys = [new() { ApiKey = (short)ApiKey.ListGroups, MinVersion = 0, MaxVersion = 1 }],
            };
            served.Write(writer, 0);
        });
        var versions = new List<short>();
        broker.On<ListGroupsRequest, ListGroupsResponse>((_, version) =>
        {
            versions.Add(version);
            return new();
        });
        await using var client = new KafkaClient(broker.ClientOptions);
        await client.SendAsync(new ListGroupsRequest());
        Assert.Equal([1], versions);
        await Assert.ThrowsAsync<UnsupportedVersionException>(() => client.SendAsync(new InitProducerIdRequest()));
    }

    [Fact]
    public async Task A_broker_that_hangs_up_on_ApiVersions_is_spoken_to_in_the_oldest_versions()
    {
        await using var broker = new FakeBroker();
        broker.OnRaw(ApiKey.ApiVersions, _ => throw new NotSupportedException());
        short version = -1;
        broker.On<ListGroupsRequest, ListGroupsResponse>((_, v) =>
        {
            version = v;
            return new();
        });
        await using var client = new KafkaClient(broker.ClientOptions);
        await client.SendAsync(new ListGroupsRequest());
        Assert.Equal(0, version);
    }

    [Fact]
    public async Task A_batch_that_the_leader_refused_goes_to_the_new_leader_with_the_same_sequence()
    {
        await using var old = new FakeBroker();
        await using var next = new FakeBroker();
        int leader = 0;
        old.TellCluster("t", () => leader, old, next);
        next.TellCluster("t", () => leader, old, next);
        var sent = new List<(string Broker, int Sequence)>();
        old.On<ProduceRequest, ProduceResponse>((request, _) =>
        {
            sent.Add(("old", SequenceOf(request)));
            leader = 1;
            return Answer(ErrorCode.NotLeaderOrFollower, -1);
        });
        next.On<ProduceRequest, ProduceResponse>((request, _) =>
        {
            sent.Add(("next", SequenceOf(request)));
            return Answer(ErrorCode.None, 41 + SequenceOf(request));
        });

        await using var client = new KafkaClient(old.ClientOptions);
        await using var producer = new Producer(client);
        Assert.Equal(41, (await producer.ProduceAsync(new() { Topic = "t", Value = new byte[1] })).Offset);
        Assert.Equal(42, (await producer.ProduceAsync(new() { Topic = "t", Value = new byte[1] })).Offset);
        Assert.Equal([("old", 0), ("next", 0), ("next", 1)], sent);
    }

    [Fact]
    public async Task A_duplicate_counts_as_stored_and_a_refusal_begins_a_new_sequence()
    {
        await using var broker = new FakeBroker();
        broker.TellCluster("t", () => 0, broker);
        var errors = new Queue<ErrorCode>([ErrorCode.DuplicateSequenceNumber, ErrorCode.InvalidRecord, ErrorCode.None]);
        var sequences = new List<int>();
        broker.On<ProduceRequest, ProduceResponse>((request, _) =>
        {
            sequences.Add(SequenceOf(request));
            return Answer(errors.Dequeue(), 5);
        });
        await using var client = new KafkaClient(broker.ClientOptions);
        await using var producer = new Producer(client);
        var record = new ProducerRecord { Topic = "t", Value = new byte[1] };
        Assert.Equal(-1, (await producer.ProduceAsync(record)).Offset);
        Assert.Equal(ErrorCode.InvalidRecord, (await Assert.ThrowsAsync<KafkaException>(() => producer.ProduceAsync(record))).Error);
        Assert.Equal(5, (await producer.ProduceAsync(record)).Offset);
        Assert.Equal([0, 1, 0], sequences);
    }

    [Fact]
    public async Task A_request_is_sent_again_on_a_new_connection_when_the_broker_hangs_up()
    {
        await using var broker = new FakeBroker();
        int asked = 0;
        broker.On<ListGroupsRequest, ListGroupsResponse>((_, _) => ++asked == 1 ? throw new NotSupportedException() : new());
        await using var client = new KafkaClient(broker.ClientOptions);
        await client.SendAsync(new ListGroupsRequest());
        Assert.Equal(2, asked);
        Assert.Equal(2, broker.ConnectionCount);
    }

    [Fact]
    public async Task A_coordinator_that_moved_is_looked_for_again()
    {
        await using var old = new FakeBroker();
        await using var next = new FakeBroker();
        int looked = 0;
        old.On<FindCoordinatorRequest, FindCoordinatorResponse>((_, _) => new() { Host = "127.0.0.1", Port = ++looked == 1 ? old.Port : next.Port });
        old.On<HeartbeatRequest, HeartbeatResponse>((_, _) => new() { ErrorCode = ErrorCode.NotCoordinator });
        next.On<HeartbeatRequest, HeartbeatResponse>((_, _) => new() { ErrorCode = ErrorCode.RebalanceInProgress });
        await using var client = new KafkaClient(old.ClientOptions);
        var answer = await client.SendToCoordinatorAsync("g", new HeartbeatRequest { GroupId = "g" }, response => response.ErrorCode);
        Assert.Equal(ErrorCode.RebalanceInProgress, answer.ErrorCode);
        Assert.Equal(2, looked);
    }

    [Fact]
    public async Task A_broker_that_never_answers_is_given_up_after_the_timeout()
    {
        var clock = new FakeTimeProvider();
        await using var broker = new FakeBroker();
        var asked = new TaskCompletionSource();
        broker.On<ListGroupsRequest, ListGroupsResponse>((_, _) =>
        {
            asked.TrySetResult();
            return null;
        });
        await using var client = new KafkaClient(broker.ClientOptions with { TimeProvider = clock, RetryTimeout = TimeSpan.Zero });
        var sending = client.SendAsync(new ListGroupsRequest());
        await Eventually.Completed(asked.Task);
        await Eventually.True(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return sending.IsCompleted;
        });
        var late = await Assert.ThrowsAsync<TimeoutException>(() => sending);
        Assert.Contains("ListGroups", late.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task When_no_broker_can_be_reached_the_error_says_which()
    {
        int port = FreePorts.Take();
        await using var client = new KafkaClient(new() { BootstrapServers = $"127.0.0.1:{port}", RetryTimeout = TimeSpan.Zero });
        var unreachable = await Assert.ThrowsAsync<IOException>(() => client.SendAsync(new ListGroupsRequest()));
        Assert.Contains($"127.0.0.1:{port}", unreachable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_bootstrap_server_is_asked_when_the_first_cannot_be_reached()
    {
        await using var broker = new FakeBroker();
        broker.On<ListGroupsRequest, ListGroupsResponse>((_, _) => new());
        await using var client = new KafkaClient(broker.ClientOptions with { BootstrapServers = $"127.0.0.1:{FreePorts.Take()},127.0.0.1:{broker.Port}" });
        Assert.Equal(ErrorCode.None, (await client.SendAsync(new ListGroupsRequest())).ErrorCode);
    }

    private static int SequenceOf(ProduceRequest request) =>
        new RecordBatchView(request.TopicData[0].PartitionData[0].Records.Memory.Span).BaseSequence;

    private static ProduceResponse Answer(ErrorCode error, long offset) => new()
    {
        Responses = { new() { Name = "t", PartitionResponses = { new() { ErrorCode = error, BaseOffset = offset } } } },
    };
}

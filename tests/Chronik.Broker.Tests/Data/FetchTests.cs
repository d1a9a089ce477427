using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Data;

public sealed class FetchTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    [InlineData(11, 2)]
    public async Task Each_version_gets_the_record_format_that_it_knows(short version, byte magic)
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        await client.ProduceAsync("t", 0, Requests.Batch(3));
        FetchResponse.PartitionData fetched = await client.FetchAsync(Requests.Fetch("t", 0, 0), version);
        Assert.Equal((ErrorCode.None, 3), (fetched.ErrorCode, fetched.HighWatermark));
        Assert.Equal(magic, fetched.Records.Memory.Span[16]);
    }

    [Fact]
    public async Task Version_13_names_topics_by_id()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        Topic topic = await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        await client.ProduceAsync("t", 0, Requests.Batch());
        FetchRequest request = Requests.Fetch("", 0, 0);
        request.Topics[0].TopicId = topic.Id.Value;
        Assert.NotEqual(0, (await client.FetchAsync(request, 17)).Records.Length);
        request.Topics[0].TopicId = new Guid(1, 2, 3, new byte[8]);
        Assert.Equal(ErrorCode.UnknownTopicId, (await client.FetchAsync(request, 17)).ErrorCode);
        request.Topics[0].TopicId = Guid.Empty;
        Assert.Equal(ErrorCode.UnknownTopicId, (await client.FetchAsync(request, 17)).ErrorCode);
    }

    [Fact]
    public async Task Each_way_to_be_wrong_has_its_error()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        await client.ProduceAsync("t", 0, Requests.Batch(3));
        (string Topic, int Partition, long Offset, int LeaderEpoch, ErrorCode Error)[] table =
        [
            ("nowhere", 0, 0, -1, ErrorCode.UnknownTopicOrPartition),
            ("t", 1, 0, -1, ErrorCode.UnknownTopicOrPartition),
            ("t", 0, 3, -1, ErrorCode.None),
            ("t", 0, 4, -1, ErrorCode.OffsetOutOfRange),
            ("t", 0, -1, -1, ErrorCode.OffsetOutOfRange),
            ("t", 0, -2, -1, ErrorCode.OffsetOutOfRange),
            ("t", 0, long.MaxValue, -1, ErrorCode.OffsetOutOfRange),
            ("t", 0, 0, 99, ErrorCode.UnknownLeaderEpoch),
        ];
        foreach (var row in table)
        {
            FetchRequest request = Requests.Fetch(row.Topic, row.Partition, row.Offset);
            request.Topics[0].Partitions[0].CurrentLeaderEpoch = row.LeaderEpoch;
            Assert.Equal((row.Offset, row.Error), (row.Offset, (await client.FetchAsync(request)).ErrorCode));
        }
    }

    [Fact]
    public async Task A_fetch_waits_for_records_and_no_longer()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient consumer = broker.Connect();
        using WireClient producer = broker.Connect();
        int id = await consumer.SendAsync<FetchRequest, FetchResponse>(Requests.Fetch("t", 0, 0, maxWaitMs: int.MaxValue), 12);
        await producer.ProduceAsync("t", 0, Requests.Batch());
        FetchResponse response = await consumer.ReceiveAsync<FetchResponse>(12, id);
        Assert.NotEqual(0, response.Responses[0].Partitions[0].Records.Length);
    }

    [Fact]
    public async Task A_fetch_that_waits_in_vain_is_answered_when_its_time_is_over()
    {
        var time = new FakeTimeProvider();
        await using BrokerFixture broker = await BrokerFixture.StartAsync(time: time);
        Topic topic = await broker.CreateTopicAsync("t");
        using WireClient consumer = broker.Connect();
        int id = await consumer.SendAsync<FetchRequest, FetchResponse>(Requests.Fetch("t", 0, 0, maxWaitMs: 500), 12);
        await Eventually.True(() => broker.Host.Services.FetchWaiters.CountOf(topic.Logs[0]) == 1);
        await Eventually.True(() => time.NextTimerIn <= TimeSpan.FromMilliseconds(500));
        time.Advance(TimeSpan.FromMilliseconds(500));
        FetchResponse response = await consumer.ReceiveAsync<FetchResponse>(12, id);
        Assert.Equal(0, response.Responses[0].Partitions[0].Records.Length);
        await Eventually.True(() => broker.Host.Services.FetchWaiters.CountOf(topic.Logs[0]) == 0);
    }

    [Fact]
    public async Task A_fetch_waits_until_there_are_min_bytes()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient consumer = broker.Connect();
        using WireClient producer = broker.Connect();
        byte[] batch = Requests.Batch(valueBytes: 1_000);
        int id = await consumer.SendAsync<FetchRequest, FetchResponse>(Requests.Fetch("t", 0, 0, maxWaitMs: int.MaxValue, minBytes: 3 * batch.Length), 12);
        for (int i = 0; i < 3; i++)
            await producer.ProduceAsync("t", 0, batch.ToArray());
        FetchResponse response = await consumer.ReceiveAsync<FetchResponse>(12, id);
        Assert.Equal(3 * batch.Length, response.Responses[0].Partitions[0].Records.Length);
    }

    [Fact]
    public async Task A_waiting_fetch_hears_at_once_that_its_topic_was_deleted()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        Topic topic = await broker.CreateTopicAsync("t");
        using WireClient consumer = broker.Connect();
        int id = await consumer.SendAsync<FetchRequest, FetchResponse>(Requests.Fetch("t", 0, 0, maxWaitMs: int.MaxValue), 12);
        await Eventually.True(() => broker.Host.Services.FetchWaiters.CountOf(topic.Logs[0]) == 1);
        await broker.Host.Services.Topics.DeleteAsync(topic.Id);
        FetchResponse response = await consumer.ReceiveAsync<FetchResponse>(12, id);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, response.Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task A_client_that_goes_leaves_no_wait_behind()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        Topic topic = await broker.CreateTopicAsync("t");
        using (WireClient consumer = broker.Connect())
        {
            await consumer.SendAsync<FetchRequest, FetchResponse>(Requests.Fetch("t", 0, 0, maxWaitMs: int.MaxValue), 12);
            await Eventually.True(() => broker.Host.Services.FetchWaiters.CountOf(topic.Logs[0]) == 1);
        }

        await Eventually.True(() => broker.Host.Services.FetchWaiters.CountOf(topic.Logs[0]) == 0);
        await Eventually.True(() => broker.Host.ConnectionCount == 0);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, -1)]
    [InlineData(1, 1)]
    public async Task The_first_partition_that_has_records_gives_at_least_one_batch(int bytesMax, int partitionBytesMax)
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t", 3);
        using WireClient client = broker.Connect();
        byte[] batch = Requests.Batch(valueBytes: 100);
        foreach (int partition in new[] { 1, 2 })
        {
            await client.ProduceAsync("t", partition, batch.ToArray());
            await client.ProduceAsync("t", partition, batch.ToArray());
        }

        FetchRequest request = Requests.Fetch("t", 0, 0);
        request.MaxBytes = bytesMax;
        request.Topics[0].Partitions = [.. Enumerable.Range(0, 3).Select(p => new FetchRequest.FetchPartition { Partition = p, PartitionMaxBytes = partitionBytesMax })];
        FetchResponse response = await client.CallAsync<FetchRequest, FetchResponse>(request, 12);
        Assert.Equal([0, batch.Length, 0], response.Responses[0].Partitions.Select(partition => partition.Records.Length));
    }

    [Fact]
    public async Task A_client_whose_log_diverged_is_told_where()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        Topic topic = await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        await client.ProduceAsync("t", 0, Requests.Batch(3));
        FetchRequest request = Requests.Fetch("t", 0, 4, maxWaitMs: int.MaxValue);
        request.Topics[0].Partitions[0].LastFetchedEpoch = topic.Logs[0].LeaderEpoch;
        FetchResponse.PartitionData fetched = await client.FetchAsync(request);
        Assert.Equal((topic.Logs[0].LeaderEpoch, 3), (fetched.DivergingEpoch!.Epoch, fetched.DivergingEpoch.EndOffset));
        request.Topics[0].Partitions[0].LastFetchedEpoch = topic.Logs[0].LeaderEpoch + 5;
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await client.FetchAsync(request)).ErrorCode);
    }

    [Fact]
    public async Task An_unknown_isolation_level_is_refused()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        using WireClient client = broker.Connect();
        FetchRequest request = Requests.Fetch("t", 0, 0);
        request.IsolationLevel = 7;
        Assert.Equal(ErrorCode.UnknownServerError, (await client.CallAsync<FetchRequest, FetchResponse>(request, 12)).ErrorCode);
    }

    [Fact]
    public async Task Records_in_zstd_cannot_be_given_to_clients_of_old()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        using var builder = new RecordBatchBuilder { Compression = CompressionCodec.Zstd };
        builder.Add(1_000, null, new byte[100]);
        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("t", 0, builder.ToArray())).ErrorCode);
        Assert.Equal(ErrorCode.UnsupportedCompressionType, (await client.FetchAsync(Requests.Fetch("t", 0, 0), 3)).ErrorCode);
    }
}

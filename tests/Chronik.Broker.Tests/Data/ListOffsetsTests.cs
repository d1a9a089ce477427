using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Tests.Data;

public sealed class ListOffsetsTests
{
    [Theory]
    [InlineData(-1, 11, ErrorCode.None, 6, -1)]
    [InlineData(-2, 11, ErrorCode.None, 0, -1)]
    [InlineData(-3, 11, ErrorCode.None, 5, 2_002)]
    [InlineData(-4, 11, ErrorCode.None, 0, -1)]
    [InlineData(-5, 11, ErrorCode.None, -1, -1)]
    [InlineData(-6, 11, ErrorCode.None, -1, -1)]
    [InlineData(-7, 11, ErrorCode.UnsupportedVersion, -1, -1)]
    [InlineData(-3, 6, ErrorCode.UnsupportedVersion, -1, -1)]
    [InlineData(-4, 7, ErrorCode.UnsupportedVersion, -1, -1)]
    [InlineData(-5, 8, ErrorCode.UnsupportedVersion, -1, -1)]
    [InlineData(-6, 10, ErrorCode.UnsupportedVersion, -1, -1)]
    [InlineData(0, 1, ErrorCode.None, 0, 1_000)]
    [InlineData(1_002, 5, ErrorCode.None, 2, 1_002)]
    [InlineData(1_003, 5, ErrorCode.None, 3, 2_000)]
    [InlineData(9_999, 5, ErrorCode.None, -1, -1)]
    public async Task Every_kind_of_time_has_its_offset(long timestamp, short version, ErrorCode error, long offset, long found)
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        await client.ProduceAsync("t", 0, Requests.Batch(3, timestamp: 1_000));
        await client.ProduceAsync("t", 0, Requests.Batch(3, timestamp: 2_000));
        ListOffsetsResponse.ListOffsetsPartitionResponse answer = await AskAsync(client, "t", 0, timestamp, version);
        Assert.Equal((error, offset, found), (answer.ErrorCode, answer.Offset, answer.Timestamp));
    }

    [Theory]
    [InlineData(-1, 1, new long[] { 3 })]
    [InlineData(-1, 2, new long[] { 3, 0 })]
    [InlineData(-2, 5, new long[] { 0 })]
    [InlineData(-1, 0, new long[] { })]
    public async Task Version_0_answers_with_a_list(long timestamp, int countMax, long[] offsets)
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        await client.ProduceAsync("t", 0, Requests.Batch(3));
        var request = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new() { Name = "t", Partitions = [new() { Timestamp = timestamp, MaxNumOffsets = countMax }] }],
        };
        ListOffsetsResponse response = await client.CallAsync<ListOffsetsRequest, ListOffsetsResponse>(request, 0);
        Assert.Equal(offsets, response.Topics[0].Partitions[0].OldStyleOffsets);
    }

    [Theory]
    [InlineData(-1, 10, new long[] { 9, 6, 3, 0 })]
    [InlineData(-1, 3, new long[] { 9, 6, 3 })]
    [InlineData(4_000, 10, new long[] { 5, 3, 0 })]
    [InlineData(-2, 10, new long[] { 0 })]
    [InlineData(-1, -1, new long[] { })]
    public async Task Version_0_tells_where_segments_begin_newest_first(long timestamp, int countMax, long[] offsets)
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t", 1, ("segment.bytes", "1048576"), ("max.message.bytes", "1048576"));
        using WireClient client = broker.Connect();
        // Each batch fills more than half of a segment.
        for (int i = 0; i < 3; i++)
            await client.ProduceAsync("t", 0, Requests.Batch(3, timestamp: (i * 2_000) + 1_998, valueBytes: 200_000));
        var request = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new() { Name = "t", Partitions = [new() { Timestamp = timestamp, MaxNumOffsets = countMax }] }],
        };
        ListOffsetsResponse response = await client.CallAsync<ListOffsetsRequest, ListOffsetsResponse>(request, 0);
        Assert.Equal(offsets, response.Topics[0].Partitions[0].OldStyleOffsets);
    }

    [Fact]
    public async Task Unknown_partitions_and_partitions_asked_twice_are_refused()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await AskAsync(client, "nowhere", 0, -1, 5)).ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await AskAsync(client, "t", 1, -1, 5)).ErrorCode);
        var twice = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new() { Name = "t", Partitions = [new() { Timestamp = -1 }, new() { Timestamp = -2 }] }],
        };
        ListOffsetsResponse response = await client.CallAsync<ListOffsetsRequest, ListOffsetsResponse>(twice, 5);
        Assert.Contains(response.Topics[0].Partitions, partition => partition.ErrorCode == ErrorCode.InvalidRequest);
    }

    [Fact]
    public async Task The_end_of_an_epoch_is_found()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        Topic topic = await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        await client.ProduceAsync("t", 0, Requests.Batch(3));
        int epoch = topic.Logs[0].LeaderEpoch;
        (int Partition, int Current, int Asked, ErrorCode Error, int Epoch, long End)[] table =
        [
            (0, -1, epoch, ErrorCode.None, epoch, 3),
            (0, epoch, epoch, ErrorCode.None, epoch, 3),
            (0, epoch + 1, epoch, ErrorCode.UnknownLeaderEpoch, -1, -1),
            (1, -1, epoch, ErrorCode.UnknownTopicOrPartition, -1, -1),
        ];
        foreach (var row in table)
        {
            var request = new OffsetForLeaderEpochRequest
            {
                Topics = [new() { Topic = "t", Partitions = [new() { Partition = row.Partition, CurrentLeaderEpoch = row.Current, LeaderEpoch = row.Asked }] }],
            };
            OffsetForLeaderEpochResponse response = await client.CallAsync<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(request, 4);
            OffsetForLeaderEpochResponse.EpochEndOffset answer = response.Topics[0].Partitions[0];
            Assert.Equal((row.Error, row.Epoch, row.End), (answer.ErrorCode, answer.LeaderEpoch, answer.EndOffset));
        }
    }

    private static async Task<ListOffsetsResponse.ListOffsetsPartitionResponse> AskAsync(WireClient client, string topic, int partition, long timestamp, short version)
    {
        var request = new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = partition, Timestamp = timestamp }] }],
        };
        ListOffsetsResponse response = await client.CallAsync<ListOffsetsRequest, ListOffsetsResponse>(request, version);
        return response.Topics[0].Partitions[0];
    }
}

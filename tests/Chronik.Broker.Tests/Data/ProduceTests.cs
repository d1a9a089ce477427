using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;
using Chronik.Storage.IO;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Data;

public sealed class ProduceTests
{
    [Fact]
    public async Task Records_get_the_next_offsets_and_come_back_as_they_were()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        Assert.Equal(0, (await client.ProduceAsync("t", 0, Requests.Batch(3))).BaseOffset);
        Assert.Equal(3, (await client.ProduceAsync("t", 0, Requests.Batch(2))).BaseOffset);
        FetchResponse.PartitionData fetched = await client.FetchAsync(Requests.Fetch("t", 0, 0));
        Assert.Equal(5, fetched.HighWatermark);
        Assert.True(RecordBatchView.TryRead(fetched.Records.Memory.Span, out RecordBatchView first));
        Assert.Equal((0, 3, true), (first.BaseOffset, first.RecordCount, first.IsCrcValid));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(12)]
    public async Task Every_version_appends(short version)
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        ProduceResponse.PartitionProduceResponse answer = await client.ProduceAsync("t", 0, Requests.Batch(3), version: version);
        Assert.Equal((ErrorCode.None, 0), (answer.ErrorCode, answer.BaseOffset));
    }

    [Fact]
    public async Task Version_13_names_topics_by_id()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        Topic topic = await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        ProduceResponse known = await client.CallAsync<ProduceRequest, ProduceResponse>(Requests.Produce("", 0, Requests.Batch(), topicId: topic.Id.Value), 13);
        Assert.Equal(ErrorCode.None, known.Responses[0].PartitionResponses[0].ErrorCode);
        ProduceResponse unknown = await client.CallAsync<ProduceRequest, ProduceResponse>(Requests.Produce("", 0, Requests.Batch(), topicId: new Guid(1, 2, 3, new byte[8])), 13);
        Assert.Equal(ErrorCode.UnknownTopicId, unknown.Responses[0].PartitionResponses[0].ErrorCode);
    }

    [Fact]
    public async Task Each_way_to_be_wrong_has_its_error()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        await broker.CreateTopicAsync("small", 1, ("max.message.bytes", "100"));
        await broker.CreateTopicAsync("compacted", 1, ("cleanup.policy", "compact"));
        await broker.CreateTopicAsync("replicated", 1, ("min.insync.replicas", "2"));
        byte[] corrupt = Requests.Batch();
        corrupt[^1] ^= 1;
        byte[] control = RecordBatchBuilder.Marker(ControlRecordType.Commit, 1, 0, 0, 1_000);
        using WireClient client = broker.Connect();
        (string Topic, int Partition, byte[] Records, short Acks, ErrorCode Error)[] table =
        [
            ("nowhere", 0, Requests.Batch(), -1, ErrorCode.UnknownTopicOrPartition),
            ("t", 1, Requests.Batch(), -1, ErrorCode.UnknownTopicOrPartition),
            ("t", -1, Requests.Batch(), -1, ErrorCode.UnknownTopicOrPartition),
            ("t", 0, Requests.Batch(), 2, ErrorCode.InvalidRequiredAcks),
            ("t", 0, Requests.Batch(), -2, ErrorCode.InvalidRequiredAcks),
            ("t", 0, [], -1, ErrorCode.InvalidRecord),
            ("t", 0, [.. Requests.Batch(), .. Requests.Batch()], -1, ErrorCode.InvalidRecord),
            ("t", 0, corrupt, -1, ErrorCode.CorruptMessage),
            ("t", 0, control, -1, ErrorCode.InvalidRecord),
            ("small", 0, Requests.Batch(valueBytes: 200), -1, ErrorCode.MessageTooLarge),
            ("compacted", 0, Requests.Batch(), -1, ErrorCode.InvalidRecord),
            ("replicated", 0, Requests.Batch(), -1, ErrorCode.None),
            ("replicated", 0, Requests.Batch(), 1, ErrorCode.None),
            ("t", 0, Requests.Batch(timestamp: long.MaxValue - 10), 1, ErrorCode.InvalidTimestamp),
            ("t", 0, Requests.Batch(producerId: 5, epoch: 0, sequence: 7), 1, ErrorCode.None),
            ("t", 0, Requests.Batch(producerId: 5, epoch: 0, sequence: 9), 1, ErrorCode.OutOfOrderSequenceNumber),
        ];
        foreach (var row in table)
        {
            ProduceResponse.PartitionProduceResponse answer = await client.ProduceAsync(row.Topic, row.Partition, row.Records, row.Acks);
            Assert.Equal((row.Topic, row.Error), (row.Topic, answer.ErrorCode));
            Assert.Equal(row.Error == ErrorCode.None, answer.BaseOffset >= 0);
        }
    }

    [Fact]
    public async Task A_repeated_batch_of_an_idempotent_producer_is_written_once()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        for (int i = 0; i < 2; i++)
        {
            ProduceResponse.PartitionProduceResponse answer = await client.ProduceAsync("t", 0, Requests.Batch(2, producerId: 9, epoch: 0, sequence: 0));
            Assert.Equal((ErrorCode.None, 0), (answer.ErrorCode, answer.BaseOffset));
        }

        Assert.Equal(2, (await client.FetchAsync(Requests.Fetch("t", 0, 0))).HighWatermark);
    }

    [Fact]
    public async Task Records_that_are_wrong_are_named()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("compacted", 1, ("cleanup.policy", "compact"));
        using WireClient client = broker.Connect();
        ProduceResponse.PartitionProduceResponse answer = await client.ProduceAsync("compacted", 0, Requests.Batch(2));
        Assert.Equal([0, 1], answer.RecordErrors.Select(error => error.BatchIndex));
        Assert.NotNull(answer.ErrorMessage);
    }

    [Fact]
    public async Task With_acks_0_there_is_no_answer()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        await client.SendAsync<ProduceRequest, ProduceResponse>(Requests.Produce("t", 0, Requests.Batch(), acks: 0), 9);
        FetchResponse.PartitionData fetched = await client.FetchAsync(Requests.Fetch("t", 0, 0, maxWaitMs: 20_000));
        Assert.NotEqual(0, fetched.Records.Length);
    }

    [Fact]
    public async Task With_acks_0_an_error_closes_the_connection()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        using WireClient client = broker.Connect();
        await client.SendAsync<ProduceRequest, ProduceResponse>(Requests.Produce("nowhere", 0, Requests.Batch(), acks: 0), 9);
        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Contains("acks=0", Assert.Single(broker.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transactional_batch_without_a_transaction_is_refused()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        await broker.CreateTopicAsync("t");
        using WireClient client = broker.Connect();
        using var builder = new RecordBatchBuilder { ProducerId = 1, ProducerEpoch = 0, BaseSequence = 0, IsTransactional = true };
        builder.Add(1, null, new byte[1]);
        Assert.Equal(ErrorCode.InvalidTxnState, (await client.ProduceAsync("t", 0, builder.ToArray())).ErrorCode);
    }

    [Fact]
    public async Task Producer_ids_are_each_given_once()
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        using WireClient client = broker.Connect();
        var ids = new HashSet<long>();
        for (int i = 0; i < 2_500; i++)
        {
            InitProducerIdResponse response = await client.CallAsync<InitProducerIdRequest, InitProducerIdResponse>(new() { TransactionalId = null }, 4);
            Assert.Equal((ErrorCode.None, 0), (response.ErrorCode, response.ProducerEpoch));
            Assert.True(ids.Add(response.ProducerId));
        }
    }

    [Theory]
    [InlineData("", -1, -1, ErrorCode.InvalidRequest)]
    [InlineData(null, 1, -1, ErrorCode.InvalidRequest)]
    [InlineData(null, -1, 1, ErrorCode.InvalidRequest)]
    [InlineData("transactional", -1, -1, ErrorCode.UnsupportedVersion)]
    public async Task A_producer_id_is_refused_where_the_request_makes_no_sense(string? transactionalId, long id, short epoch, ErrorCode error)
    {
        await using BrokerFixture broker = await BrokerFixture.StartAsync();
        using WireClient client = broker.Connect();
        var request = new InitProducerIdRequest { TransactionalId = transactionalId, ProducerId = id, ProducerEpoch = epoch, TransactionTimeoutMs = 1_000 };
        InitProducerIdResponse response = await client.CallAsync<InitProducerIdRequest, InitProducerIdResponse>(request, 4);
        Assert.Equal((error, -1), (response.ErrorCode, response.ProducerId));
    }

    [Fact]
    public async Task Records_that_are_not_durable_in_time_are_told_so_and_stay_appended()
    {
        var time = new FakeTimeProvider();
        using var held = new ManualResetEventSlim(initialState: true);
        var files = new FaultyFileSystem(new InMemoryFileSystem(), (operation, _) =>
        {
            if (operation is FileOperation.Sync or FileOperation.SyncFileSystem)
                held.Wait(TestContext.Current.CancellationToken);
            return null;
        });
        await using BrokerFixture broker = await BrokerFixture.StartAsync(time: time, files: files);
        await broker.CreateTopicAsync("t", 2);
        using WireClient client = broker.Connect();
        Assert.Equal(ErrorCode.None, (await client.ProduceAsync("t", 0, Requests.Batch())).ErrorCode);
        held.Reset();
        Task<ProduceResponse.PartitionProduceResponse> late = client.ProduceAsync("t", 0, Requests.Batch(2));
        Assert.True(broker.Host.Services.Topics.TryGet("t", out Topic? topic));
        Assert.True(topic.TryGetLog(0, out var log));
        await Eventually.True(() => log.LogEndOffset == 3);
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(late.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        ProduceResponse.PartitionProduceResponse answer = await late;
        Assert.Equal((ErrorCode.RequestTimedOut, 1), (answer.ErrorCode, answer.BaseOffset));
        held.Set();
        await Eventually.True(() => log.HighWatermark == 3);
        Assert.Equal((ErrorCode.None, 3), (await client.ProduceAsync("t", 0, Requests.Batch()) is var next ? (next.ErrorCode, next.BaseOffset) : default));
    }
}

using Chronik.Client;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;
using Chronik.TestKit;

namespace Chronik.Server.Tests.Importing;

/// <summary>Writes into a cluster what a long life leaves there, request by request.</summary>
internal sealed class ClusterWriter(KafkaClient client)
{
    private const sbyte TransactionCoordinator = 1;
    private const long Timestamp = 1_700_000_000_000;
    private static readonly SendOptions s_byName = new() { HighestVersion = 3 };
    private static readonly TimeSpan s_readyWithin = TimeSpan.FromSeconds(30);

    public async Task CreateAsync(string topic, int partitions, params (string Name, string Value)[] configs)
    {
        var response = await client.SendToControllerAsync(new CreateTopicsRequest
        {
            TimeoutMs = 10_000,
            Topics =
            [
                new()
                {
                    Name = topic,
                    NumPartitions = partitions,
                    ReplicationFactor = 1,
                    Configs = [.. configs.Select(static config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Name, Value = config.Value })],
                },
            ],
        });
        Assert.Equal(ErrorCode.None, response.Topics[0].ErrorCode);

        // Kafka's brokers hear of a new topic a moment after the controller has answered.
        await Eventually.True(() => IsKnownAsync(topic));
    }

    public async Task DeleteAsync(string topic)
    {
        var response = await client.SendToControllerAsync(
            new DeleteTopicsRequest { TopicNames = [topic], TimeoutMs = 10_000 }, new SendOptions { HighestVersion = 5 });
        Assert.Equal(ErrorCode.None, response.Responses[0].ErrorCode);
    }

    public async Task<long> ProduceAsync(string topic, int partition, byte[] batch, string? transactionalId = null)
    {
        var leader = await client.GetLeaderAsync(new TopicPartition(topic, partition));
        var response = await client.SendToBrokerAsync(
            leader,
            new ProduceRequest
            {
                Acks = -1,
                TimeoutMs = 10_000,
                TransactionalId = transactionalId,
                TopicData = [new() { Name = topic, PartitionData = [new() { Index = partition, Records = new RecordData(batch) }] }],
            },
            new SendOptions { HighestVersion = 9 });
        var answer = response.Responses[0].PartitionResponses[0];
        Assert.Equal(ErrorCode.None, answer.ErrorCode);
        return answer.BaseOffset;
    }

    public static byte[] Batch(
        int first, int count, CompressionCodec codec = CompressionCodec.None, int valueBytes = 20, (long Id, short Epoch, int Sequence)? producer = null, bool isTransactional = false)
    {
        using var builder = new RecordBatchBuilder
        {
            Compression = codec,
            ProducerId = producer?.Id ?? -1,
            ProducerEpoch = producer?.Epoch ?? -1,
            BaseSequence = producer?.Sequence ?? -1,
            IsTransactional = isTransactional,
        };
        var random = new Random(first);
        for (var i = first; i < first + count; i++)
        {
            var value = new byte[valueBytes];
            random.NextBytes(value);
            builder.Add(Timestamp + i, System.Text.Encoding.UTF8.GetBytes($"key-{i % 50}"), value, [new RecordHeader("n", new byte[] { (byte)i })]);
        }

        return builder.ToArray();
    }

    public async Task TrimAsync(string topic, int partition, long offset)
    {
        var leader = await client.GetLeaderAsync(new TopicPartition(topic, partition));
        var response = await client.SendToBrokerAsync(leader, new DeleteRecordsRequest
        {
            TimeoutMs = 10_000,
            Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = partition, Offset = offset }] }],
        });
        Assert.Equal(ErrorCode.None, response.Topics[0].Partitions[0].ErrorCode);
    }

    public async Task CommitAsync(string group, string topic, int partition, long offset)
    {
        var response = await client.SendToCoordinatorAsync(
            group,
            new OffsetCommitRequest
            {
                GroupId = group,
                GenerationIdOrMemberEpoch = -1,
                Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = partition, CommittedOffset = offset, CommittedMetadata = $"at {offset}" }] }],
            },
            static answer => answer.Topics[0].Partitions[0].ErrorCode,
            new SendOptions { HighestVersion = 8 });
        Assert.Equal(ErrorCode.None, response.Topics[0].Partitions[0].ErrorCode);
    }

    /// <summary>A transaction of two records and, where a group is named, an offset; committed, aborted, or (null) left open.</summary>
    public async Task TransactAsync(string transactionalId, string topic, bool? isCommit, int first, (string Group, long Offset)? offset = null)
    {
        var coordinator = await FindAsync(transactionalId);
        var producer = await UntilReadyAsync(
            () => client.SendToBrokerAsync(coordinator, new InitProducerIdRequest { TransactionalId = transactionalId, TransactionTimeoutMs = 600_000 }, s_byName),
            static answer => answer.ErrorCode);
        var added = await UntilReadyAsync(
            () => client.SendToBrokerAsync(
                coordinator,
                new AddPartitionsToTxnRequest
                {
                    V3AndBelowTransactionalId = transactionalId,
                    V3AndBelowProducerId = producer.ProducerId,
                    V3AndBelowProducerEpoch = producer.ProducerEpoch,
                    V3AndBelowTopics = [new() { Name = topic, Partitions = [0] }],
                },
                s_byName),
            static answer => answer.ResultsByTopicV3AndBelow[0].ResultsByPartition[0].PartitionErrorCode);
        Assert.Single(added.ResultsByTopicV3AndBelow);
        await ProduceAsync(topic, 0, Batch(first, 2, producer: (producer.ProducerId, producer.ProducerEpoch, 0), isTransactional: true), transactionalId);
        if (offset is { } committed)
            await CommitInAsync(coordinator, transactionalId, producer, committed, topic);
        if (isCommit is { } decided)
            await EndAsync(coordinator, transactionalId, producer, decided);
    }

    private async Task CommitInAsync(int coordinator, string transactionalId, InitProducerIdResponse producer, (string Group, long Offset) offset, string topic)
    {
        await UntilReadyAsync(
            () => client.SendToBrokerAsync(
                coordinator,
                new AddOffsetsToTxnRequest { TransactionalId = transactionalId, ProducerId = producer.ProducerId, ProducerEpoch = producer.ProducerEpoch, GroupId = offset.Group },
                s_byName),
            static answer => answer.ErrorCode);
        await UntilReadyAsync(
            () => client.SendToBrokerAsync(
                coordinator,
                new TxnOffsetCommitRequest
                {
                    TransactionalId = transactionalId,
                    GroupId = offset.Group,
                    ProducerId = producer.ProducerId,
                    ProducerEpoch = producer.ProducerEpoch,
                    Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0, CommittedOffset = offset.Offset }] }],
                },
                s_byName),
            static answer => answer.Topics[0].Partitions[0].ErrorCode);
    }

    private async Task EndAsync(int coordinator, string transactionalId, InitProducerIdResponse producer, bool isCommit) =>
        await UntilReadyAsync(
            () => client.SendToBrokerAsync(
                coordinator,
                new EndTxnRequest { TransactionalId = transactionalId, ProducerId = producer.ProducerId, ProducerEpoch = producer.ProducerEpoch, Committed = isCommit },
                s_byName),
            static answer => answer.ErrorCode);

    private async Task<int> FindAsync(string transactionalId)
    {
        var found = await UntilReadyAsync(
            () => client.SendAsync(new FindCoordinatorRequest { Key = transactionalId, KeyType = TransactionCoordinator }, s_byName),
            static answer => answer.ErrorCode);
        return found.NodeId;
    }

    // The coordinator's topic is made on the first request, and a transaction ends a moment after it was answered.
    private static async Task<TResponse> UntilReadyAsync<TResponse>(Func<Task<TResponse>> ask, Func<TResponse, ErrorCode> errorOf)
    {
        var response = await Eventually.Last(
            ask, response => errorOf(response) is var error && !error.IsRetriable() && error != ErrorCode.ConcurrentTransactions, s_readyWithin);
        Assert.Equal(ErrorCode.None, errorOf(response));
        return response;
    }

    private async Task<bool> IsKnownAsync(string topic)
    {
        try
        {
            await client.GetTopicAsync(topic);
            return true;
        }
        catch (KafkaException e) when (e.Error == ErrorCode.UnknownTopicOrPartition)
        {
            return false;
        }
    }
}

using System.Text;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;
using Chronik.TestKit;

namespace Chronik.Client.Tests;

public sealed class ReadCommittedTests(SharedKafka kafka)
{
    [Fact]
    public async Task Records_of_aborted_transactions_are_seen_only_by_those_who_ask_for_them()
    {
        await using var client = await kafka.ConnectAsync();
        var partition = new TopicPartition($"transactions-{Guid.NewGuid():N}", 0);
        await client.GetTopicAsync(partition.Topic, createMissing: true);
        await using (var producer = new Producer(client))
        {
            await ProduceInTransactionAsync(client, partition, "aborted-1", commits: false);
            await ProduceInTransactionAsync(client, partition, "committed-1", commits: true);
            await producer.ProduceAsync(new() { Topic = partition.Topic, Partition = 0, Value = Encoding.UTF8.GetBytes("plain") });
            await ProduceInTransactionAsync(client, partition, "aborted-2", commits: false);
        }

        Assert.Equal(["aborted-1", "committed-1", "plain", "aborted-2"], await ReadAsync(client, partition, IsolationLevel.ReadUncommitted, 4));
        Assert.Equal(["committed-1", "plain"], await ReadAsync(client, partition, IsolationLevel.ReadCommitted, 2));
    }

    private static async Task<List<string>> ReadAsync(KafkaClient client, TopicPartition partition, IsolationLevel level, int count)
    {
        await using var consumer = new Consumer(client, new() { IsolationLevel = level });
        await consumer.AssignAsync(new Dictionary<TopicPartition, StartAt> { [partition] = StartAt.Beginning });
        var values = new List<string>();
        while (values.Count < count || consumer.Positions[partition] < 7)
            values.AddRange((await consumer.PollAsync(TimeSpan.FromSeconds(1))).Select(record => Encoding.UTF8.GetString(record.Value!.Value.Span)));
        return values;
    }

    private static async Task ProduceInTransactionAsync(KafkaClient client, TopicPartition partition, string value, bool commits)
    {
        string id = $"tx-{Guid.NewGuid():N}";
        const sbyte transaction = 1;
        await RetryAsync(
            () => client.SendAsync(new FindCoordinatorRequest { Key = id, KeyType = transaction }, new() { HighestVersion = 3 }),
            answer => answer.ErrorCode);
        var producer = await RetryAsync(
            () => client.SendAsync(new InitProducerIdRequest { TransactionalId = id, TransactionTimeoutMs = 60_000 }, new() { HighestVersion = 4 }),
            answer => answer.ErrorCode);
        var added = await RetryAsync(
            () => client.SendAsync(
                new AddPartitionsToTxnRequest
                {
                    V3AndBelowTransactionalId = id,
                    V3AndBelowProducerId = producer.ProducerId,
                    V3AndBelowProducerEpoch = producer.ProducerEpoch,
                    V3AndBelowTopics = { new() { Name = partition.Topic, Partitions = { 0 } } },
                },
                new() { HighestVersion = 3 }),
            answer => answer.ResultsByTopicV3AndBelow[0].ResultsByPartition[0].PartitionErrorCode);
        Assert.Single(added.ResultsByTopicV3AndBelow);

        using var builder = new RecordBatchBuilder { ProducerId = producer.ProducerId, ProducerEpoch = producer.ProducerEpoch, BaseSequence = 0, IsTransactional = true };
        builder.Add(1, null, Encoding.UTF8.GetBytes(value));
        var produce = new ProduceRequest { TransactionalId = id, Acks = -1, TimeoutMs = 10_000 };
        produce.TopicData.Add(new() { Name = partition.Topic, PartitionData = { new() { Records = new RecordData(builder.ToArray()) } } });
        var produced = await client.SendToBrokerAsync(await client.GetLeaderAsync(partition), produce, new() { HighestVersion = 11 });
        KafkaException.ThrowIfError(produced.Responses[0].PartitionResponses[0].ErrorCode, "produce");

        var ended = await RetryAsync(
            () => client.SendAsync(
                new EndTxnRequest { TransactionalId = id, ProducerId = producer.ProducerId, ProducerEpoch = producer.ProducerEpoch, Committed = commits },
                new() { HighestVersion = 3 }),
            answer => answer.ErrorCode);
        Assert.Equal(ErrorCode.None, ended.ErrorCode);
    }

    /// <summary>A coordinator may still be loading, and a transaction that just ended may still be written.</summary>
    private static async Task<T> RetryAsync<T>(Func<Task<T>> send, Func<T, ErrorCode> errorOf)
    {
        var answer = await Eventually.Last(
            send, answer => errorOf(answer) is var error && !error.IsRetriable() && error != ErrorCode.ConcurrentTransactions);
        KafkaException.ThrowIfError(errorOf(answer), typeof(T).Name);
        return answer;
    }
}

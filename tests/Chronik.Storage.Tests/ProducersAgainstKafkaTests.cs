using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;
using Chronik.Storage.Log;
using Chronik.TestKit;

namespace Chronik.Storage.Tests;

/// <summary>
/// Kafka 4.3.1 and a partition log of Chronik go through the same random life of producers and transactions: same errors,
/// same offsets, same last stable offset, same aborted transactions, same producers.
/// </summary>
public sealed class ProducersAgainstKafkaTests
{
    private const int Steps = 150;
    private const int StepsBetweenLooks = 15;

    [Fact]
    public async Task Chronik_judges_producers_as_Kafka_does()
    {
        await using var kafka = await KafkaPeer.StartAsync("transaction.partition.verification.enable=false");
        foreach (var seed in Enumerable.Range(Seed("CHRONIK_SEED", 1), Seed("CHRONIK_SEEDS", 8)))
        {
            var fixture = new StoreFixture { Config = new LogConfig { SegmentBytesMax = seed % 2 == 0 ? 2_000 : 1 << 20, RetentionMs = -1 } };
            await WalkAsync(kafka, fixture, seed);
        }
    }

    private static int Seed(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var given) ? given : otherwise;

    private static async Task WalkAsync(KafkaPeer kafka, StoreFixture fixture, int seed)
    {
        var random = new Random(seed);
        var walk = new ProducerWalk(random);
        var topic = $"walk-{seed}";
        var log = fixture.OpenLog();
        List<string> steps = [];
        var kafkaStartedAt = 0L;
        var wire = new KafkaWire(kafka.Port);
        try
        {
            await CreateAsync(wire, topic);
            for (var i = 0; i < Steps; i++)
            {
                var step = walk.Next();
                var end = log.LogEndOffset;
                var ours = Apply(log, step);
                var theirs = await ApplyAsync(wire, topic, step);
                Assert.True(ours == theirs || IsForgottenRepeat(ours, theirs, kafkaStartedAt), $"Seed {seed}, step {i}, {step}: Kafka {theirs}, Chronik {ours}.");
                steps.Add($"{end}: {step} {ours}");
                walk.Happened(step, log.LogEndOffset > end);
                fixture.Scheduler.RunAll();
                if (i % StepsBetweenLooks == 0)
                    await CompareAsync(wire, topic, log, seed, steps);
                if (i == Steps / 3)
                {
                    // A crash: both take up what the log holds.
                    log = fixture.KillAndRestart();
                    if (seed == 1)
                    {
                        kafkaStartedAt = log.LogEndOffset;
                        wire.Dispose();
                        await kafka.KillAndStartAgainAsync();
                        wire = new KafkaWire(kafka.Port);
                        await UntilLedAsync(wire, topic);
                    }
                }

                if (i == Steps / 2)
                    await TrimAsync(wire, topic, fixture, log, random);
            }

            await CompareAsync(wire, topic, log, seed, steps);
        }
        finally
        {
            wire.Dispose();
        }
    }

    // Kafka's snapshots keep the last batch of a producer; after a start it knows none of the four before.
    private static bool IsForgottenRepeat((ErrorCode Error, long Offset) ours, (ErrorCode Error, long Offset) theirs, long kafkaStartedAt) =>
        ours.Error == ErrorCode.None && ours.Offset >= 0 && ours.Offset < kafkaStartedAt && theirs.Error == ErrorCode.OutOfOrderSequenceNumber;

    private static async Task TrimAsync(KafkaWire wire, string topic, StoreFixture fixture, IPartitionLog log, Random random)
    {
        var offset = random.NextInt64(log.HighWatermark);
        var trim = log.TrimAsync(offset).AsTask();
        fixture.Scheduler.RunAll();
        await trim;
        var answer = await wire.AskAsync(
            new DeleteRecordsRequest { TimeoutMs = 5000, Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0, Offset = offset }] }] }, 2);
        Assert.Equal((ErrorCode.None, offset), (answer.Topics[0].Partitions[0].ErrorCode, answer.Topics[0].Partitions[0].LowWatermark));
    }

    private static (ErrorCode Error, long Offset) Apply(IPartitionLog log, ProducerStep step)
    {
        if (step is ProducerStep.Batch batch)
        {
            var result = log.Append(Bytes(batch), AppendOrigin.Client);
            return (result.Error, result.BaseOffset);
        }

        var marker = (ProducerStep.Marker)step;
        var ended = log.Append(
            Batches.Marker(marker.IsCommit, marker.ProducerId, marker.Epoch, marker.CoordinatorEpoch),
            marker.RaisesEpochs ? AppendOrigin.EpochRaisingCoordinator : AppendOrigin.Coordinator);
        return (ended.Error, -1);
    }

    private static async Task<(ErrorCode Error, long Offset)> ApplyAsync(KafkaWire wire, string topic, ProducerStep step)
    {
        if (step is ProducerStep.Batch batch)
        {
            var produced = await wire.AskAsync(
                new ProduceRequest
                {
                    Acks = -1,
                    TimeoutMs = 5000,
                    TransactionalId = "t",
                    TopicData = [new() { Name = topic, PartitionData = [new() { Index = 0, Records = new RecordData(Bytes(batch)) }] }],
                },
                9);
            var answer = produced.Responses[0].PartitionResponses[0];
            return (answer.ErrorCode, answer.BaseOffset);
        }

        var marker = (ProducerStep.Marker)step;
        var ended = await wire.AskAsync(
            new WriteTxnMarkersRequest
            {
                Markers =
                [
                    new()
                    {
                        ProducerId = marker.ProducerId,
                        ProducerEpoch = marker.Epoch,
                        CoordinatorEpoch = marker.CoordinatorEpoch,
                        TransactionResult = marker.IsCommit,
                        TransactionVersion = (sbyte)(marker.RaisesEpochs ? 2 : 0),
                        Topics = [new() { Name = topic, PartitionIndexes = [0] }],
                    },
                ],
            },
            2);
        return (ended.Markers[0].Topics[0].Partitions[0].ErrorCode, -1);
    }

    private static byte[] Bytes(ProducerStep.Batch step) => Batches.Idempotent(step.ProducerId, step.Epoch, step.Sequence, step.Count, step.IsTransactional);

    // Kafka moves its high watermark a moment after it has answered.
    private static async Task CompareAsync(KafkaWire wire, string topic, IPartitionLog log, int seed, List<string> steps)
    {
        var ours = Look(log);
        var theirs = "";
        await Eventually.True(async () => (theirs = await LookAsync(wire, topic)) == ours, TimeSpan.FromSeconds(5), "Kafka's partition is as Chronik's")
            .ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.True(ours == theirs, $"Seed {seed}:\nKafka   {theirs}\nChronik {ours}\n{string.Join('\n', steps)}");
    }

    private static string Look(IPartitionLog log)
    {
        var aborted = new SortedSet<(long, long)>();
        for (var offset = log.LogStartOffset; offset < log.LastStableOffset;)
        {
            // Small segments are read one by one.
            var part = log.Read(offset, 10_000_000, ReadBound.LastStable, atLeastOneBatch: true);
            aborted.UnionWith(part.Aborted.Select(static transaction => (transaction.FirstOffset, transaction.ProducerId)));
            offset = Batches.LastOffsetOf(part.Records) + 1;
        }

        return Text(
            log.LogStartOffset, log.HighWatermark, log.LastStableOffset, aborted,
            log.ActiveProducers().Select(static producer => (
                producer.ProducerId, (int)producer.Epoch, producer.LastSequence, producer.CoordinatorEpoch, producer.TransactionFirstOffset)));
    }

    private static async Task<string> LookAsync(KafkaWire wire, string topic)
    {
        var start = (await wire.AskAsync(
            new ListOffsetsRequest { Topics = [new() { Name = topic, Partitions = [new() { Timestamp = -2 }] }] }, 5)).Topics[0].Partitions[0].Offset;
        var aborted = new SortedSet<(long, long)>();
        FetchResponse.PartitionData fetched;
        var offset = start;
        do
        {
            fetched = await FetchAsync(wire, topic, offset);
            aborted.UnionWith((fetched.AbortedTransactions ?? []).Select(static transaction => (transaction.FirstOffset, transaction.ProducerId)));
            offset = Math.Max(offset, Batches.LastOffsetOf(fetched.Records) + 1);
        }
        while (offset < fetched.LastStableOffset);
        var producers = (await wire.AskAsync(
            new DescribeProducersRequest { Topics = [new() { Name = topic, PartitionIndexes = [0] }] }, 0)).Topics[0].Partitions[0].ActiveProducers;
        return Text(
            start, fetched.HighWatermark, fetched.LastStableOffset, aborted, producers.Select(static producer => (
                producer.ProducerId, producer.ProducerEpoch, producer.LastSequence, producer.CoordinatorEpoch, producer.CurrentTxnStartOffset)));
    }

    // A read_committed fetch of Kafka may end after one batch.
    private static async Task<FetchResponse.PartitionData> FetchAsync(KafkaWire wire, string topic, long offset)
    {
        var answer = await wire.AskAsync(
            new FetchRequest
            {
                IsolationLevel = 1,
                Topics = [new() { Topic = topic, Partitions = [new() { FetchOffset = offset, PartitionMaxBytes = 10_000_000 }] }],
            },
            11);
        return answer.Responses[0].Partitions[0];
    }

    // Kafka also tells aborted transactions behind the last stable offset, which no reader has got to; and where the log's start lies in a
    // batch of an open transaction, its last stable offset is where that batch begins.
    private static string Text(
        long start, long highWatermark, long lastStable, SortedSet<(long, long)> aborted, IEnumerable<(long Id, int, int, int, long)> producers) =>
        $"{start} to {highWatermark}, stable to {Math.Max(start, lastStable)}, aborted {string.Join(' ', aborted.Where(transaction => transaction.Item1 < lastStable))}, producers {string.Join(' ', producers.OrderBy(static producer => producer.Id))}";

    private static async Task CreateAsync(KafkaWire wire, string topic)
    {
        await wire.AskAsync(
            new CreateTopicsRequest { TimeoutMs = 5000, Topics = [new() { Name = topic, NumPartitions = 1, ReplicationFactor = 1, Configs = [new() { Name = "retention.ms", Value = "-1" }] }] }, 5);
        await UntilLedAsync(wire, topic);
    }

    private static Task UntilLedAsync(KafkaWire wire, string topic) => Eventually.True(async () => (await wire.AskAsync(
        new ListOffsetsRequest { Topics = [new() { Name = topic, Partitions = [new() { Timestamp = -1 }] }] }, 5)).Topics[0].Partitions[0].ErrorCode == ErrorCode.None);
}

using System.Text;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Chronik.Records;

namespace Chronik.Client.Tests;

/// <summary>The client against a real Apache Kafka.</summary>
public sealed class ProduceAndConsumeTests(SharedKafka kafka)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_cluster_and_its_topics_are_described()
    {
        await using var client = await kafka.ConnectAsync();
        string topic = await CreateTopicAsync(client, "described", 2);
        var metadata = await client.GetMetadataAsync([topic]);
        var broker = Assert.Single(metadata.Brokers);
        Assert.Equal(client.Options.BootstrapServers, broker.Address.ToString());
        var described = Assert.Single(metadata.Topics);
        Assert.NotEqual(TopicId.None, described.Id);
        Assert.Equal([0, 1], described.Partitions.Select(p => p.Index));
        Assert.Equal(broker.Id, await client.GetLeaderAsync(new TopicPartition(topic, 1)));
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public async Task What_was_produced_is_consumed_with_keys_headers_and_timestamps(CompressionCodec compression)
    {
        await using var client = await kafka.ConnectAsync();
        string topic = await CreateTopicAsync(client, $"roundtrip-{compression}", 2);
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        await using (var producer = new Producer(client, new() { Compression = compression }))
        {
            for (int i = 0; i < 100; i++)
            {
                _ = await producer.EnqueueAsync(new()
                {
                    Topic = topic,
                    Key = Encoding.UTF8.GetBytes($"key-{i}"),
                    Value = i == 50 ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes($"value-{i}"),
                    Headers = [new("h", new byte[] { (byte)i }), new("n", null)],
                    Timestamp = time.AddMilliseconds(i),
                });
            }
        }

        var records = await ReadAsync(client, topic, 100);
        foreach (var record in records)
        {
            int i = int.Parse(Encoding.UTF8.GetString(record.Key!.Value.Span)[4..], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(Murmur2.Partition(record.Key.Value.Span, 2), record.Partition.Partition);
            Assert.Equal(i == 50 ? null : $"value-{i}", record.Value is { } value ? Encoding.UTF8.GetString(value.Span) : null);
            Assert.Equal(time.AddMilliseconds(i), record.Timestamp);
            Assert.Equal(["h", "n"], record.Headers.Select(header => header.Key));
            Assert.Equal([(byte)i], record.Headers[0].Value!.Value.ToArray());
            Assert.Null(record.Headers[1].Value);
        }
    }

    [Theory]
    [InlineData(Acks.Leader, false)]
    [InlineData(Acks.All, true)]
    public async Task Reports_tell_where_each_record_is(Acks acks, bool idempotence)
    {
        await using var client = await kafka.ConnectAsync();
        string topic = await CreateTopicAsync(client, $"reports-{acks}", 1);
        await using var producer = new Producer(client, new() { Acks = acks, EnableIdempotence = idempotence });
        for (int i = 0; i < 5; i++)
            Assert.Equal(i, (await producer.ProduceAsync(Record(topic, $"{i}"))).Offset);
    }

    [Fact]
    public async Task Records_without_acks_arrive_too()
    {
        await using var client = await kafka.ConnectAsync();
        string topic = await CreateTopicAsync(client, "unacknowledged", 1);
        await using var producer = new Producer(client, new() { Acks = Acks.None, EnableIdempotence = false });
        Assert.Equal(-1, (await producer.ProduceAsync(Record(topic, "x"))).Offset);
        Assert.Equal("x", Encoding.UTF8.GetString((await ReadAsync(client, topic, 1))[0].Value!.Value.Span));
    }

    [Fact]
    public async Task A_topic_is_created_by_the_first_record()
    {
        await using var client = await kafka.ConnectAsync();
        await using var producer = new Producer(client);
        string topic = Unique("created-by-producing");
        await producer.ProduceAsync(Record(topic, "x"));
        Assert.Equal(3, (await client.GetTopicAsync(topic)).Partitions.Count);
    }

    [Fact]
    public async Task Keyless_records_reach_all_partitions()
    {
        await using var client = await kafka.ConnectAsync();
        string topic = await CreateTopicAsync(client, "keyless", 3);
        await using var producer = new Producer(client);
        var partitions = new HashSet<int>();
        for (int i = 0; i < 12; i++)
            partitions.Add((await producer.ProduceAsync(Record(topic, "x"))).Partition.Partition);
        Assert.Equal([0, 1, 2], partitions.Order());
    }

    [Fact]
    public async Task A_record_that_is_too_large_is_refused_and_the_next_one_is_stored()
    {
        await using var client = await kafka.ConnectAsync();
        string topic = await CreateTopicAsync(client, "too-large", 1);
        await using var producer = new Producer(client);
        var refused = await Assert.ThrowsAsync<KafkaException>(() => producer.ProduceAsync(new() { Topic = topic, Value = new byte[2_000_000] }));
        Assert.Equal(ErrorCode.MessageTooLarge, refused.Error);
        Assert.Equal(0, (await producer.ProduceAsync(Record(topic, "small"))).Offset);
    }

    [Fact]
    public async Task Reading_starts_at_the_beginning_the_end_an_offset_or_a_time()
    {
        await using var client = await kafka.ConnectAsync();
        string topic = await CreateTopicAsync(client, "starts", 1);
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);
        await using var producer = new Producer(client);
        for (int i = 0; i < 10; i++)
            await producer.ProduceAsync(Record(topic, $"{i}") with { Timestamp = time.AddSeconds(i) });

        await using var consumer = new Consumer(client);
        var partition = new TopicPartition(topic, 0);
        await consumer.AssignTopicAsync(topic, StartAt.Beginning);
        Assert.Equal(0, consumer.Positions[partition]);
        await consumer.SeekAsync(partition, StartAt.Offset(4));
        Assert.Equal(4, (await consumer.PollAsync(_patience))[0].Offset);
        await consumer.SeekAsync(partition, StartAt.Time(time.AddSeconds(6.5)));
        Assert.Equal(7, (await consumer.PollAsync(_patience))[0].Offset);
        await consumer.SeekAsync(partition, StartAt.Time(time.AddDays(1)));
        Assert.Equal(10, consumer.Positions[partition]);
        await consumer.SeekAsync(partition, StartAt.End);
        Assert.Empty(await consumer.PollAsync(TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task Members_of_a_group_share_partitions_and_go_on_where_it_committed()
    {
        await using var client = await kafka.ConnectAsync();
        string topic = await CreateTopicAsync(client, "shared", 4);
        string group = Unique("group");
        var options = new ConsumerOptions { GroupId = group, DefaultStart = StartAt.Beginning, HeartbeatInterval = TimeSpan.FromMilliseconds(100) };
        await using var producer = new Producer(client);
        for (int i = 0; i < 40; i++)
            await producer.ProduceAsync(Record(topic, $"{i}") with { Partition = i % 4 });

        int seen = 0;
        await using (var first = new Consumer(client, options))
        {
            first.Subscribe(topic);
            while (seen < 40)
                seen += (await first.PollAsync(_patience)).Count;
            Assert.Equal(4, first.Positions.Count);

            await using var second = new Consumer(client, options);
            second.Subscribe(topic);
            var joining = second.PollAsync(TimeSpan.Zero);
            while (!joining.IsCompleted)
                seen += (await first.PollAsync(TimeSpan.FromMilliseconds(50))).Count;
            seen += (await joining).Count;
            Assert.Equal([2, 2], [first.Positions.Count, second.Positions.Count]);
            Assert.Equal(40, seen);
        }

        await producer.ProduceAsync(Record(topic, "41"));
        await using var third = new Consumer(client, options);
        third.Subscribe(topic);
        var rest = await third.PollAsync(_patience);
        Assert.Equal("41", Encoding.UTF8.GetString(Assert.Single(rest).Value!.Value.Span));
    }

    [Fact]
    public async Task Many_requests_share_one_connection_without_waiting_for_each_other()
    {
        await using var client = await kafka.ConnectAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => client.SendAsync(new ListGroupsRequest())));
        Assert.All(answers, answer => Assert.Equal(ErrorCode.None, answer.ErrorCode));
    }

    private static ProducerRecord Record(string topic, string value) => new() { Topic = topic, Value = Encoding.UTF8.GetBytes(value) };

    private static string Unique(string name) => $"{name}-{Guid.NewGuid():N}";

    private static async Task<string> CreateTopicAsync(KafkaClient client, string name, int partitions)
    {
        string topic = Unique(name);
        var request = new CreateTopicsRequest { Topics = { new() { Name = topic, NumPartitions = partitions, ReplicationFactor = 1 } } };
        var response = await client.SendToControllerAsync(request);
        KafkaException.ThrowIfError(response.Topics[0].ErrorCode, topic, response.Topics[0].ErrorMessage);
        return topic;
    }

    private static async Task<List<ConsumedRecord>> ReadAsync(KafkaClient client, string topic, int count)
    {
        await using var consumer = new Consumer(client);
        await consumer.AssignTopicAsync(topic, StartAt.Beginning);
        var records = new List<ConsumedRecord>();
        while (records.Count < count)
        {
            var more = await consumer.PollAsync(_patience);
            Assert.NotEmpty(more);
            records.AddRange(more);
        }

        Assert.Equal(count, records.Count);
        return records;
    }
}

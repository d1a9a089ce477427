// Confluent.Kafka: produce BOOTSTRAP | consume BOOTSTRAP TOPIC:COUNT ..., with CHRONIK_LIBRDKAFKA naming the native library.
using System.Globalization;
using Chronik.Compat.DotnetClient;
using Confluent.Kafka;

LibrdkafkaFile.Load(Environment.GetEnvironmentVariable("CHRONIK_LIBRDKAFKA")
    ?? throw new InvalidOperationException("CHRONIK_LIBRDKAFKA is not set."));
if (args[0] == "produce")
    await ProduceAsync(args[1]);
else
    Consume(args[1], args[2..]);

static async Task ProduceAsync(string bootstrap)
{
    var lines = new List<string>();
    while (Console.In.ReadLine() is { } line)
        lines.Add(line);
    foreach (var group in lines.Select(RecordLine.Parse).GroupBy(record => record.Compression))
    {
        var config = new ProducerConfig
        {
            BootstrapServers = bootstrap,
            Acks = Acks.All,
            LingerMs = 50,
            CompressionType = Enum.Parse<CompressionType>(group.Key, ignoreCase: true),
            MessageMaxBytes = 2_000_000,
        };
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(config).Build();
        await Task.WhenAll(group.Select(record => producer.ProduceAsync(new TopicPartition(record.Topic, 0), record.Message)));
    }
}

static void Consume(string bootstrap, string[] wanted)
{
    var counts = wanted.Select(topic => topic.Split(':')).ToDictionary(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture));
    var config = new ConsumerConfig { BootstrapServers = bootstrap, GroupId = "unused", EnableAutoCommit = false };
    using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(config).Build();
    consumer.Assign(counts.Keys.Select(topic => new TopicPartitionOffset(topic, 0, Offset.Beginning)));
    using var output = new StreamWriter(Console.OpenStandardOutput());
    // Nothing for eight seconds ends it: what is missing is told by whoever started it.
    for (var left = counts.Values.Sum(); left > 0 && consumer.Consume(TimeSpan.FromSeconds(8)) is { } result; left--)
        output.WriteLine(RecordLine.Format(result));
}

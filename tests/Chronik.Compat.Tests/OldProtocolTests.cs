using Chronik.TestKit;

namespace Chronik.Compat.Tests;

/// <summary>Clients of Kafka 0.8.2 to 0.11, which know only message sets, or record batches of the first version: Kafka 4 dropped them.</summary>
public sealed class OldProtocolTests(BrokerUnderTest broker)
{
    private const int HeadersSince = 11;
    private const int TimestampsSince = 10;

    private static readonly string[] KafkaPythonVersions = ["0.8.2", "0.9", "0.10", "0.10.1", "0.11", "1.0"];
    private static readonly string[] KcatVersions = ["0.8.2.2", "0.9.0.1", "0.10.0.1", "0.11.0.0"];

    public static TheoryData<string> Names => [.. OldClients().Select(client => client.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_old_client_reads_what_it_wrote_and_a_new_one_reads_the_same(string name)
    {
        BrokerUnderTest.SkipOnKafka("it dropped the versions that such clients speak.");
        var client = OldClients().Single(old => old.Name == name);
        var topics = await ProduceAsync(client);
        var counts = topics.ToDictionary(topic => topic.Name, topic => topic.Records.Count);

        var readByItself = await client.ConsumeAsync(broker.BootstrapServers, counts);
        var readByJava = await Clients.All[0].ConsumeAsync(broker.BootstrapServers, counts);

        foreach (var topic in topics)
        {
            AssertSame(topic, client.SetsTimestamps && client.HasTimestamps, readByItself);
            AssertSame(topic, client.SetsTimestamps && client.HasTimestamps, readByJava);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_old_client_reads_what_new_clients_wrote(string name)
    {
        BrokerUnderTest.SkipOnKafka("it dropped the versions that such clients speak.");
        var client = OldClients().Single(old => old.Name == name);
        var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var topics = new List<WrittenTopic>();
        foreach (var compression in client.Reads)
        {
            var topic = broker.Fresh("for-old");
            // Whoever cannot read headers or times gets the records without them.
            topics.Add(new WrittenTopic(topic, compression, MatrixRecords.For(client with { SetsTimestamps = true }, topic, nowMs)));
        }

        await broker.CreateTopicsAsync(topics.Select(topic => $"{topic.Name}:1"));
        await Clients.All[0].ProduceAsync(
            broker.BootstrapServers,
            topics.SelectMany(topic => topic.Records.Select(record => (topic.Compression, record))));

        var read = await client.ConsumeAsync(broker.BootstrapServers, topics.ToDictionary(topic => topic.Name, topic => topic.Records.Count));
        foreach (var topic in topics)
            AssertSame(topic, client.HasTimestamps, read);
    }

    private static IEnumerable<CompatClient> OldClients()
    {
        // Debian's 2.0.2: it comes with the hash that the lz4 of those days needs.
        var client = Clients.All.Single(client => client.Name == "kafka-python of Debian");
        foreach (var version in KafkaPythonVersions)
        {
            yield return client with
            {
                Name = $"kafka-python as of {version}",
                Environment = new Dictionary<string, string?>(client.Environment) { ["KAFKA_API_VERSION"] = Full(version) },
                HasHeaders = Minor(version) >= HeadersSince,
                HasTimestamps = Minor(version) >= TimestampsSince,
            };
        }

        var kcat = Clients.All.Single(client => client.Name == "kcat");
        foreach (var version in KcatVersions)
        {
            yield return kcat with
            {
                Name = $"kcat as of {version}",
                Environment = new Dictionary<string, string?>
                {
                    ["KCAT_OPTIONS"] = $"-X api.version.request=false -X broker.version.fallback={version}",
                },
                Writes = ["none", "gzip", "snappy"],
                Reads = ["none", "gzip", "snappy"],
                HasHeaders = Minor(version) >= HeadersSince,
                HasTimestamps = Minor(version) >= TimestampsSince,
            };
        }
    }

    private static string Full(string version) => version.Split('.').Length == 2 && version[0] == '0' ? version + ".0" : version;

    private static int Minor(string version) => version[0] == '0' ? int.Parse(version.Split('.')[1], null) : 100;

    private static void AssertSame(WrittenTopic topic, bool withTimestamps, IReadOnlyList<CompatRecord> read) => Assert.Equal(
        topic.Records.Select(record => $"{topic.Compression}: {record.Describe(withTimestamps)}"),
        read.Where(record => record.Topic == topic.Name).Select(record => $"{topic.Compression}: {record.Describe(withTimestamps)}"));

    private async Task<List<WrittenTopic>> ProduceAsync(CompatClient client)
    {
        var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var topics = new List<WrittenTopic>();
        foreach (var compression in client.Writes)
        {
            var topic = broker.Fresh("old");
            topics.Add(new WrittenTopic(topic, compression, MatrixRecords.For(client, topic, nowMs)));
        }

        await broker.CreateTopicsAsync(topics.Select(topic => $"{topic.Name}:1"));
        await client.ProduceAsync(
            broker.BootstrapServers,
            topics.SelectMany(topic => topic.Records.Select(record => (topic.Compression, record))));
        return topics;
    }
}

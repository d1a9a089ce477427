namespace Chronik.Compat.Tests;

/// <summary>Whatever one client writes, each other reads the same: keys, values, headers, timestamps, in every compression.</summary>
public sealed class CrossClientTests(BrokerUnderTest broker, ProducedMatrix matrix) : IClassFixture<ProducedMatrix>
{
    public static TheoryData<string> Names => [.. Clients.All.Select(client => client.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_client_produces_in_each_of_its_compressions(string name)
    {
        Assert.NotEmpty(matrix.Written[Client(name)]);
        matrix.RethrowFailureOf(Client(name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_client_reads_what_every_client_wrote(string name)
    {
        var reader = Client(name);
        var topics =
            from written in matrix.Written
            where !matrix.Failures.ContainsKey(written.Key)
            from topic in written.Value
            where reader.Reads.Contains(topic.Compression)
            select (Writer: written.Key, Topic: topic);
        var expected = topics.ToList();
        if (expected.Count == 0)
            matrix.RethrowFailureOf(reader);
        Assert.NotEmpty(expected);

        var read = (await reader.ConsumeAsync(
            broker.BootstrapServers,
            expected.ToDictionary(topic => topic.Topic.Name, topic => topic.Topic.Records.Count))).ToLookup(record => record.Topic);

        Assert.Multiple([.. expected.Select<(CompatClient Writer, WrittenTopic Topic), Action>(topic =>
            () => AssertSame(topic.Writer, topic.Topic, [.. read[topic.Topic.Name]]))]);
    }

    private static CompatClient Client(string name) => Clients.All.Single(client => client.Name == name);

    private void AssertSame(CompatClient writer, WrittenTopic topic, List<CompatRecord> read)
    {
        var from = $"written by {writer} with {topic.Compression}: ";
        Assert.Equal(
            topic.Records.Select(record => from + record.Describe(writer.SetsTimestamps)),
            read.Select(record => from + record.Describe(writer.SetsTimestamps)));
        if (!writer.SetsTimestamps)
            Assert.All(read, record => Assert.InRange(record.Timestamp!.Value, matrix.StartedMs - 1_000, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 1_000));
    }
}

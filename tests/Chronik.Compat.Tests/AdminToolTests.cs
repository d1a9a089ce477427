using System.Text.RegularExpressions;
using Chronik.TestKit;

namespace Chronik.Compat.Tests;

/// <summary>Kafka's own command-line tools for administration.</summary>
public sealed partial class AdminToolTests(BrokerUnderTest broker)
{
    [Fact]
    public async Task Topics_are_created_described_grown_listed_and_deleted()
    {
        var topic = broker.Fresh("administered");
        await TopicsAsync("--create", "--topic", topic, "--partitions", "3", "--config", "retention.ms=3600000");

        var described = await TopicsAsync("--describe", "--topic", topic);
        Assert.Contains("PartitionCount: 3", described.Output, StringComparison.Ordinal);
        Assert.Contains("ReplicationFactor: 1", described.Output, StringComparison.Ordinal);
        Assert.Contains("retention.ms=3600000", described.Output, StringComparison.Ordinal);
        Assert.Equal(3, described.Lines.Count(line => line.Contains("Leader: ", StringComparison.Ordinal)));
        Assert.DoesNotContain("Leader: none", described.Output, StringComparison.Ordinal);

        await TopicsAsync("--alter", "--topic", topic, "--partitions", "5");
        Assert.Contains("PartitionCount: 5", (await TopicsAsync("--describe", "--topic", topic)).Output, StringComparison.Ordinal);

        Assert.Contains(topic, (await TopicsAsync("--list")).Lines);
        await TopicsAsync("--delete", "--topic", topic);
        Assert.DoesNotContain(topic, (await TopicsAsync("--list")).Lines);
    }

    [Fact]
    public async Task A_topic_that_exists_or_is_missing_is_told_as_Kafka_tells_it()
    {
        var topic = broker.Fresh("once");
        await broker.CreateTopicsAsync($"{topic}:1");
        var again = await ToolAsync("topics", "--create", "--topic", topic);
        Assert.Contains("TopicExistsException", again.Output + again.Error, StringComparison.Ordinal);
        var fewer = await ToolAsync("topics", "--alter", "--topic", topic, "--partitions", "1");
        Assert.Contains("InvalidPartitionsException", fewer.Output + fewer.Error, StringComparison.Ordinal);
        var replicas = await ToolAsync("topics", "--create", "--topic", topic + "-b", "--replication-factor", "3");
        Assert.Contains("InvalidReplicationFactorException", replicas.Output + replicas.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offsets_are_told_for_the_end_the_beginning_and_the_newest_timestamp()
    {
        var topic = broker.Fresh("offsets");
        await broker.CreateTopicsAsync($"{topic}:2");
        await KafkaPeer.ToolWithInputAsync("a\nb\nc\n", "console-producer", "--bootstrap-server", broker.BootstrapServers, "--topic", topic);
        var latest = (await ToolAsync("get-offsets", "--topic", topic, "--time", "latest")).Succeeded();
        Assert.Equal(3, latest.Lines.Sum(line => int.Parse(line.Split(':')[2], null)));
        var earliest = (await ToolAsync("get-offsets", "--topic", topic, "--time", "earliest")).Succeeded();
        Assert.Equal([$"{topic}:0:0", $"{topic}:1:0"], earliest.Lines.Order());
        (await ToolAsync("get-offsets", "--topic", topic, "--time", "max-timestamp")).Succeeded();
        var future = (await ToolAsync("get-offsets", "--topic", topic, "--time", "4102444800000")).Succeeded();
        Assert.All(future.Lines, line => Assert.EndsWith(":", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Configs_of_topics_and_brokers_are_described()
    {
        var topic = broker.Fresh("configured");
        await TopicsAsync("--create", "--topic", topic, "--config", "cleanup.policy=compact");
        var own = (await ToolAsync("configs", "--describe", "--entity-type", "topics", "--entity-name", topic)).Succeeded();
        Assert.Contains("cleanup.policy=compact", own.Output, StringComparison.Ordinal);
        var all = (await ToolAsync("configs", "--describe", "--all", "--entity-type", "topics", "--entity-name", topic)).Succeeded();
        foreach (var name in new[] { "segment.bytes", "retention.ms", "max.message.bytes", "min.insync.replicas", "compression.type", "message.timestamp.type" })
            Assert.Contains($"{name}=", all.Output, StringComparison.Ordinal);
        var brokers = (await ToolAsync("configs", "--describe", "--all", "--entity-type", "brokers", "--entity-name", "1")).Succeeded();
        Assert.Contains("advertised.listeners=", brokers.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_version_that_is_offered_is_one_that_Kafka_knows()
    {
        var versions = (await ToolAsync("broker-api-versions")).Succeeded();
        Assert.Contains("Produce(0): ", versions.Output, StringComparison.Ordinal);
        Assert.Contains("JoinGroup(11): ", versions.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("UNKNOWN(", versions.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_versions_that_are_offered_are_the_documented_ones()
    {
        BrokerUnderTest.SkipOnKafka("the document is about Chronik.");
        var tool = (await ToolAsync("broker-api-versions")).Succeeded();
        var offered =
            from Match api in OfferedApi().Matches(tool.Output)
            let last = api.Groups["last"].Success ? api.Groups["last"].Value : api.Groups["first"].Value
            select (int.Parse(api.Groups["key"].Value, null), $"{api.Groups["name"].Value} {api.Groups["first"].Value} to {last}");
        var document = await File.ReadAllTextAsync(Repository.PathOf("docs", "compatibility.md"));
        var documented =
            from Match api in DocumentedApi().Matches(document)
            let last = api.Groups["last"].Success ? api.Groups["last"].Value : api.Groups["first"].Value
            select (int.Parse(api.Groups["key"].Value, null), $"{api.Groups["name"].Value} {api.Groups["first"].Value} to {last}");
        Assert.Equal(documented.Order(), offered.Order());
    }

    [Fact]
    public async Task A_group_is_listed_described_reset_and_deleted()
    {
        var (topic, group) = (broker.Fresh("grouped"), broker.Fresh("group"));
        await broker.CreateTopicsAsync($"{topic}:1");
        var lines = string.Concat(Enumerable.Range(0, 10).Select(number => $"{number}\n"));
        (await KafkaPeer.ToolWithInputAsync(lines, "console-producer", "--bootstrap-server", broker.BootstrapServers, "--topic", topic)).Succeeded();
        var read = (await ToolAsync("console-consumer", "--topic", topic, "--group", group, "--from-beginning", "--max-messages", "7")).Succeeded();
        Assert.Equal(Enumerable.Range(0, 7).Select(number => $"{number}"), read.Lines);

        Assert.Contains(group, (await GroupsAsync("--list")).Lines);
        Assert.Equal("7", await CommittedAsync(group, topic));
        var state = await GroupsAsync("--describe", "--state", "--group", group);
        Assert.Contains("Empty", state.Output, StringComparison.Ordinal);

        await GroupsAsync("--reset-offsets", "--to-offset", "2", "--topic", topic, "--group", group, "--execute");
        Assert.Equal("2", await CommittedAsync(group, topic));
        var again = (await ToolAsync("console-consumer", "--topic", topic, "--group", group, "--max-messages", "8")).Succeeded();
        Assert.Equal(Enumerable.Range(2, 8).Select(number => $"{number}"), again.Lines);

        await GroupsAsync("--delete-offsets", "--topic", topic, "--group", group);
        await GroupsAsync("--delete", "--group", group);
        Assert.DoesNotContain(group, (await GroupsAsync("--list")).Lines);
    }

    [GeneratedRegex(@"(?<name>\w+)\((?<key>\d+)\): (?<first>\d+)(?: to (?<last>\d+))? \[")]
    private static partial Regex OfferedApi();

    [GeneratedRegex(@"^\| (?<key>\d+) \| (?<name>\w+) \| (?<first>\d+)(?:–(?<last>\d+))? \|", RegexOptions.Multiline)]
    private static partial Regex DocumentedApi();

    private async Task<string> CommittedAsync(string group, string topic)
    {
        var described = await GroupsAsync("--describe", "--group", group);
        var row = described.Lines.Single(line => line.Contains(topic, StringComparison.Ordinal));
        return row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
    }

    private async Task<CommandResult> TopicsAsync(params string[] arguments) => (await ToolAsync("topics", arguments)).Succeeded();

    private async Task<CommandResult> GroupsAsync(params string[] arguments) => (await ToolAsync("consumer-groups", arguments)).Succeeded();

    private Task<CommandResult> ToolAsync(string tool, params string[] arguments) =>
        KafkaPeer.ToolAsync(tool, ["--bootstrap-server", broker.BootstrapServers, .. arguments]);
}

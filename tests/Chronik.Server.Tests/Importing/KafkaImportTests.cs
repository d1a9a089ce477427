using Chronik.Client;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Server.Tests.Commands;
using Chronik.TestKit;

namespace Chronik.Server.Tests.Importing;

/// <summary>A real Kafka is filled and stopped; what clients saw of it they see of Chronik afterwards.</summary>
public sealed class KafkaImportTests
{
    private static readonly string[] s_topics = ["orders", "compacted", "tx", "trimmed", "empty"];

    [Fact]
    public async Task Clients_find_everything_as_it_was_and_groups_go_on()
    {
        await using var kafka = await KafkaPeer.StartAsync("log.cleaner.backoff.ms=200", "transaction.state.log.num.partitions=2");
        using var target = new TemporaryFolder();
        var data = target.PathOf("chronik");
        List<string> topics, offsets;
        await using (var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = kafka.BootstrapServers }))
        {
            await FillAsync(new ClusterWriter(client), kafka);
            await CompactedAsync(client);
            var running = await Cli.RunOnDiskAsync("import", kafka.DataFolder, "--data-dir", data);
            Assert.Equal((1, $"Kafka is running on {kafka.DataFolder}: stop it, then import.\n"), (running.ExitCode, running.Error));
            topics = await new ClusterReader(client).TopicsAsync(s_topics);
            offsets = await OffsetsAsync(client);
        }

        await kafka.StopAsync();
        var before = Fingerprint(kafka.DataFolder);
        var answer = await Cli.RunOnDiskAsync("import", kafka.DataFolder, "--data-dir", data);
        Assert.True(answer.ExitCode == 0, answer.Error + answer.Output);
        Assert.Equal(before, Fingerprint(kafka.DataFolder));

        var asKafkaHadThem = topics;
        foreach (var round in (int[])[1, 2])
        {
            await using var broker = await ImportedBroker.StartAsync(data);
            Assert.Equal(topics, await new ClusterReader(broker.Client).TopicsAsync(s_topics));
            Assert.Equal(offsets, await OffsetsAsync(broker.Client));
            Assert.Equal(round, (await new ClusterWriter(broker.Client).ProduceAsync("empty", 0, ClusterWriter.Batch(0, 1))) + 1);
            await new ClusterWriter(broker.Client).TrimAsync("empty", 0, round);
            topics = await new ClusterReader(broker.Client).TopicsAsync(s_topics);
        }

        var again = await Cli.RunOnDiskAsync("import", kafka.DataFolder, "--data-dir", data);
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(s_topics.Length, again.Output.Split('\n').Count(static line => line.Contains("there already", StringComparison.Ordinal)));
        await ServesInPlaceAsync(kafka.DataFolder, asKafkaHadThem, offsets);
    }

    [Fact]
    public async Task Of_a_killed_Kafka_all_that_it_wrote_is_taken_and_open_transactions_end()
    {
        await using var kafka = await KafkaPeer.StartAsync("transaction.state.log.num.partitions=2");
        using var target = new TemporaryFolder();
        var data = target.PathOf("chronik");
        await using (var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = kafka.BootstrapServers }))
        {
            var writer = new ClusterWriter(client);
            await writer.CreateAsync("tx", 1, ("retention.ms", "-1"));
            await writer.ProduceAsync("tx", 0, ClusterWriter.Batch(0, 3));
            await writer.CommitAsync("copier", "tx", 0, 1);
            await writer.TransactAsync("t1", "tx", isCommit: false, 10);

            // Kafka writes the marker a moment after it has answered.
            await Eventually.True(async () => (await new ClusterReader(client).TopicsAsync("tx"))[^1].Contains(": 0 to 6, stable to 6,", StringComparison.Ordinal));
            await writer.TransactAsync("t2", "tx", isCommit: null, 20, ("copier", 5));
            await writer.ProduceAsync("tx", 0, ClusterWriter.Batch(30, 3));
        }

        await kafka.KillAsync();
        var answer = await Cli.RunOnDiskAsync("import", kafka.DataFolder, "--data-dir", data);
        Assert.True(answer.ExitCode == 0, answer.Error + answer.Output);
        Assert.Contains("tx-0: the transaction of producer ", answer.Output, StringComparison.Ordinal);
        Assert.Contains(" that was open from offset 6 on was aborted.", answer.Output, StringComparison.Ordinal);

        // The copy, and Kafka's own folder.
        foreach (var folder in (string[])[data, kafka.DataFolder])
        {
            await using var broker = await ImportedBroker.StartAsync(folder);
            var lines = await new ClusterReader(broker.Client).TopicsAsync("tx");
            Assert.StartsWith("tx-0: 0 to 12, stable to 12, 12 records ", lines[^1], StringComparison.Ordinal);
            Assert.Matches(@"aborted \(3, \d+\) \(6, \d+\)$", lines[^1]);
            Assert.Contains("tx: retention.ms=-1", lines);
            Assert.Equal(["copier: tx-0 at 1 (at 1)"], await new ClusterReader(broker.Client).OffsetsAsync("copier"));
        }
    }

    // Without an import: the server is started on the folder that Kafka has left.
    private static async Task ServesInPlaceAsync(string directory, List<string> topics, List<string> offsets)
    {
        for (var round = 1; round <= 2; round++)
        {
            await using var broker = await ImportedBroker.StartAsync(directory);
            Assert.Equal(topics, await new ClusterReader(broker.Client).TopicsAsync(s_topics));
            Assert.Equal(offsets, await OffsetsAsync(broker.Client));
        }

        await using (var broker = await ImportedBroker.StartAsync(directory))
            await new ClusterWriter(broker.Client).DeleteAsync("orders");

        // What was deleted since does not come back, although Kafka's metadata still names it.
        await using var last = await ImportedBroker.StartAsync(directory);
        Assert.DoesNotContain("orders", (await last.Client.GetMetadataAsync(topics: null)).Topics.Select(static topic => topic.Name));
        Assert.Equal(topics.Where(static line => line.StartsWith("tx", StringComparison.Ordinal)), await new ClusterReader(last.Client).TopicsAsync("tx"));
    }

    private static async Task FillAsync(ClusterWriter writer, KafkaPeer kafka)
    {
        await writer.CreateAsync("orders", 3, ("segment.bytes", "1048576"), ("retention.ms", "-1"), ("index.interval.bytes", "500"));
        await writer.CreateAsync("compacted", 1, ("cleanup.policy", "compact"), ("segment.bytes", "1048576"), ("min.cleanable.dirty.ratio", "0.01"));
        await writer.CreateAsync("tx", 1, ("retention.ms", "-1"));
        await writer.CreateAsync("trimmed", 1, ("retention.ms", "-1"));
        await writer.CreateAsync("empty", 1, ("retention.ms", "-1"));
        await writer.CreateAsync("gone", 1);
        foreach (var codec in Enum.GetValues<CompressionCodec>())
        {
            for (var i = 0; i < 8; i++)
                await writer.ProduceAsync("orders", i % 3, ClusterWriter.Batch(i * 100, 100, codec, valueBytes: 1500));
        }

        await writer.ProduceAsync("orders", 1, ClusterWriter.Batch(0, 3, producer: (77_000, 0, 0)));
        for (var i = 0; i < 60; i++)
            await writer.ProduceAsync("compacted", 0, ClusterWriter.Batch(i * 100, 100, valueBytes: 500));
        await writer.CommitAsync("billing", "orders", 0, 42);
        await writer.CommitAsync("billing", "orders", 2, 7);
        await writer.CommitAsync("billing", "orders", 0, 43);
        await writer.TransactAsync("t1", "tx", isCommit: true, 0, ("copier", 11));
        await writer.TransactAsync("t1", "tx", isCommit: false, 10, ("copier", 12));
        await writer.ProduceAsync("tx", 0, ClusterWriter.Batch(20, 2));
        await writer.TransactAsync("t2", "tx", isCommit: false, 30);
        for (var i = 0; i < 5; i++)
            await writer.ProduceAsync("trimmed", 0, ClusterWriter.Batch(i * 10, 10));
        await writer.TrimAsync("trimmed", 0, 25);
        await writer.DeleteAsync("gone");
        foreach (var (group, protocol) in ((string, string)[])[("workers", "classic"), ("modern", "consumer")])
        {
            (await KafkaPeer.ToolAsync(
                "console-consumer", "--bootstrap-server", kafka.BootstrapServers, "--topic", "orders", "--group", group, "--from-beginning",
                "--max-messages", "100", "--timeout-ms", "20000", "--consumer-property", $"group.protocol={protocol}")).Succeeded();
        }
    }

    // The cleaner has been there when records are gone, and has nothing left to do when nothing changes any more.
    private static async Task CompactedAsync(KafkaClient client)
    {
        const int Looks = 40;
        var (last, same) = ("", 0);
        await Eventually.True(async () =>
        {
            var lines = string.Join('\n', await new ClusterReader(client).TopicsAsync("compacted"));
            same = lines == last ? same + 1 : 0;
            last = lines;
            return same > Looks && !lines.Contains(" 6000 records", StringComparison.Ordinal);
        });
    }

    private static async Task<List<string>> OffsetsAsync(KafkaClient client)
    {
        List<string> offsets = [];
        foreach (var group in (string[])["billing", "copier", "workers", "modern"])
        {
            var lines = await new ClusterReader(client).OffsetsAsync(group);
            Assert.NotEmpty(lines);
            offsets.AddRange(lines);
        }

        return offsets;
    }

    private static List<string> Fingerprint(string directory) =>
    [
        .. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(static file => $"{file} {new FileInfo(file).Length} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"),
    ];
}

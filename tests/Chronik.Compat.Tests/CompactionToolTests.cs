using System.Globalization;
using System.Text.RegularExpressions;
using Chronik.TestKit;

namespace Chronik.Compat.Tests;

/// <summary>Compaction as Kafka's own test of it sees it, beside what Apache Kafka keeps of the same records, and by its dump-log.</summary>
public sealed partial class CompactionToolTests
{
    private static readonly string[] Settings = ["log.cleaner.backoff.ms=100", "log.cleaner.min.cleanable.ratio=0.01", "log.segment.bytes=1048576"];

    [Theory]
    [InlineData("none")]
    [InlineData("lz4")]
    public async Task Kafkas_log_compaction_test_finds_the_last_value_of_each_key(string codec)
    {
        await using var kafka = BrokerUnderTest.IsKafka ? await KafkaPeer.StartAsync(Settings) : null;
        await using var chronik = BrokerUnderTest.IsKafka ? null : await StartChronikAsync();
        var result = (await KafkaPeer.ToolAsync(
            "log-compaction-test", "--bootstrap-server", kafka?.BootstrapServers ?? chronik!.BootstrapServers, "--messages", "200000", "--topics", "1",
            "--duplicates", "50", "--percent-deletes", "20", "--compression-type", codec, "--sleep", "5")).Succeeded();
        Assert.Contains("Data verification is completed", result.Output, StringComparison.Ordinal);
        var rows = Rows().Match(result.Output);
        Assert.True(rows.Success, result.Output);
        var produced = int.Parse(rows.Groups[1].Value, CultureInfo.InvariantCulture);
        var consumed = int.Parse(rows.Groups[2].Value, CultureInfo.InvariantCulture);
        Assert.InRange(consumed, 1, codec == "none" ? produced / 2 : produced - 1);
        if (chronik is not null)
            await CheckFilesAsync(Assert.Single(Directory.GetDirectories(chronik.DataFolder, "log-cleaner-test*")));
    }

    [Fact]
    public async Task Apache_Kafka_and_Chronik_keep_the_same_of_the_same_records()
    {
        await using var kafka = await KafkaPeer.StartAsync(Settings);
        await using var chronik = await StartChronikAsync();
        var kept = await Task.WhenAll(CompactedAsync(kafka.BootstrapServers), CompactedAsync(chronik.BootstrapServers));
        Assert.Equal(kept[0], kept[1]);
        await CheckFilesAsync(Path.Combine(chronik.DataFolder, "compared-0"));
    }

    private static Task<ServerProcess> StartChronikAsync() => ServerProcess.StartAsync([.. Settings.SelectMany(static setting => new[] { "--set", setting })]);

    // Three rounds, each in a segment of its own for its time; the last is the active one and stays as it is.
    private static async Task<IReadOnlyList<string>> CompactedAsync(string bootstrapServers)
    {
        const int Keys = 40;
        var random = new Random(5);
        (await KafkaPeer.ToolAsync(
            "topics", "--bootstrap-server", bootstrapServers, "--create", "--topic", "compared", "--partitions", "1", "--config", "cleanup.policy=compact",
            "--config", "segment.ms=200", "--config", "min.cleanable.dirty.ratio=0.0")).Succeeded();
        foreach (var codec in (string[])["none", "gzip"])
        {
            var lines = string.Concat(Enumerable.Range(0, 500).Select(i => $"k{random.Next(Keys)}\t{(random.Next(5) == 0 ? "NULL" : $"{codec}{i}")}\n"));
            await ProduceAsync(bootstrapServers, codec, lines);
        }

        await ProduceAsync(bootstrapServers, "none", "end\tend\n");
        IReadOnlyList<string> kept = [];
        await Eventually.True(
            async () =>
            {
                kept = (await KafkaPeer.ToolAsync(
                    "console-consumer", "--bootstrap-server", bootstrapServers, "--topic", "compared", "--from-beginning", "--timeout-ms", "5000",
                    "--formatter-property", "print.key=true", "--formatter-property", "print.offset=true")).Lines;
                return kept.Count(static line => line.StartsWith("Offset:", StringComparison.Ordinal)) == Keys + 1;
            },
            TimeSpan.FromMinutes(2));
        return [.. kept.Where(static line => line.StartsWith("Offset:", StringComparison.Ordinal))];
    }

    private static async Task ProduceAsync(string bootstrapServers, string codec, string lines) =>
        (await KafkaPeer.ToolWithInputAsync(
            lines, "console-producer", "--bootstrap-server", bootstrapServers, "--topic", "compared", "--compression-codec", codec,
            "--reader-property", "parse.key=true", "--reader-property", "null.marker=NULL")).Succeeded();

    private static async Task CheckFilesAsync(string folder)
    {
        var files = Directory.GetFiles(folder, "0*").Where(file => Path.GetExtension(file) is ".log" or ".index" or ".timeindex" or ".txnindex").ToList();
        var sanity = (await KafkaPeer.ToolAsync("dump-log", "--index-sanity-check", "--files", string.Join(',', files))).Succeeded();
        Assert.DoesNotContain("Exception", sanity.Output, StringComparison.Ordinal);
        var dump = (await KafkaPeer.ToolAsync("dump-log", "--deep-iteration", "--files", string.Join(',', files))).Succeeded();
        Assert.Contains("isvalid: true", dump.Output, StringComparison.Ordinal);
        foreach (var complaint in (string[])["mismatch", "isvalid: false", "out of order", "Found ", "Couldn't find"])
            Assert.DoesNotContain(complaint, dump.Output, StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"(\d+) rows of data produced, (\d+) rows of data consumed")]
    private static partial Regex Rows();
}

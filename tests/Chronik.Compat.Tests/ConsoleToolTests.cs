using System.Text.Json;
using Chronik.TestKit;

namespace Chronik.Compat.Tests;

/// <summary>Kafka's console, performance and verifiable tools, each other's messages, and the files that come of them.</summary>
public sealed class ConsoleToolTests(BrokerUnderTest broker)
{
    private static readonly string[] Codecs = ["none", "gzip", "snappy", "lz4", "zstd"];

    [Fact]
    public async Task The_console_tools_exchange_keys_headers_and_values_in_every_compression_with_other_clients()
    {
        var topic = broker.Fresh("console");
        await broker.CreateTopicsAsync($"{topic}:1");
        foreach (var codec in Codecs)
        {
            var lines = string.Concat(Enumerable.Range(0, 5).Select(number => $"codec:{codec},number:{number}\tkey {number}\tvälue {number}\n"));
            (await KafkaPeer.ToolWithInputAsync(
                lines, "console-producer", "--bootstrap-server", broker.BootstrapServers, "--topic", topic, "--compression-codec", codec,
                "--reader-property", "parse.key=true", "--reader-property", "parse.headers=true")).Succeeded();
        }

        var expected = Codecs.SelectMany(codec => Enumerable.Range(0, 5).Select(number => $"codec:{codec},number:{number}\tkey {number}\tvälue {number}"));
        var console = (await ToolAsync(
            "console-consumer", "--topic", topic, "--from-beginning", "--max-messages", "25", "--timeout-ms", "15000",
            "--formatter-property", "print.key=true", "--formatter-property", "print.headers=true")).Succeeded();
        Assert.Equal(expected, console.Lines);
        var kcat = await Clients.All.Single(client => client.Name == "kcat").ConsumeAsync(broker.BootstrapServers, new Dictionary<string, int> { [topic] = 25 });
        Assert.Equal(expected, kcat.Select(Line));
    }

    [Fact]
    public async Task The_console_consumer_shows_the_time_that_another_client_gave()
    {
        var topic = broker.Fresh("times");
        await broker.CreateTopicsAsync($"{topic}:1");
        var nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var records = Enumerable.Range(0, 5).Select(number => new CompatRecord(topic, null, [(byte)('a' + number)], [], nowMs - (number * 1_000)));
        await Clients.All.Single(client => client.Name == "librdkafka").ProduceAsync(broker.BootstrapServers, records.Select(record => ("lz4", record)));
        var shown = (await ToolAsync(
            "console-consumer", "--topic", topic, "--from-beginning", "--max-messages", "5", "--timeout-ms", "15000",
            "--formatter-property", "print.timestamp=true")).Succeeded();
        Assert.Equal(records.Select(record => $"CreateTime:{record.Timestamp}\t{(char)record.Value![0]}"), shown.Lines);
    }

    [Fact]
    public async Task The_performance_tools_write_and_read_every_compression()
    {
        const int Records = 2_000;
        var topic = broker.Fresh("performance");
        await broker.CreateTopicsAsync($"{topic}:3");
        foreach (var codec in Codecs)
        {
            var produced = (await ToolAsync(
                "producer-perf-test", "--topic", topic, "--num-records", $"{Records}", "--record-size", "1000", "--throughput", "-1",
                "--command-property", "acks=all", $"compression.type={codec}")).Succeeded();
            Assert.Contains($"{Records} records sent", produced.Output, StringComparison.Ordinal);
        }

        var consumed = (await ToolAsync(
            "consumer-perf-test", "--topic", topic, "--num-records", $"{Records * Codecs.Length}", "--timeout", "20000")).Succeeded();
        var row = consumed.Lines[^1].Split(',', StringSplitOptions.TrimEntries);
        Assert.Equal($"{Records * Codecs.Length}", row[4]);
    }

    [Fact]
    public async Task The_verifiable_tools_agree_on_what_was_written()
    {
        const int Records = 500;
        var (topic, group) = (broker.Fresh("verifiable"), broker.Fresh("verifiable-group"));
        await broker.CreateTopicsAsync($"{topic}:2");
        var produced = (await ToolAsync("verifiable-producer", "--topic", topic, "--max-messages", $"{Records}", "--acks", "-1")).Succeeded();
        Assert.Equal(Records, produced.Lines.Count(line => Name(line) == "producer_send_success"));

        var consumed = (await ToolAsync(
            "verifiable-consumer", "--topic", topic, "--group-id", group, "--max-messages", $"{Records}", "--reset-policy", "earliest", "--verbose")).Succeeded();
        Assert.Equal(Records, consumed.Lines.Count(line => Name(line) == "record_data"));
        Assert.Contains(consumed.Lines, line => Name(line) == "offsets_committed" && line.Contains("\"success\":true", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Kafkas_dump_log_finds_the_segments_valid()
    {
        var topic = broker.Fresh("dumped");
        await broker.CreateTopicsAsync($"{topic}:1");
        var java = Clients.All[0];
        var records = MatrixRecords.For(java, topic, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        foreach (var codec in Codecs)
            await java.ProduceAsync(broker.BootstrapServers, records.Select(record => (codec, record)));

        var folder = Assert.Single(Directory.GetDirectories(broker.DataFolder, $"{topic}-0", SearchOption.AllDirectories));
        var files = Directory.GetFiles(folder, "0*").Where(file => Path.GetExtension(file) is ".log" or ".index" or ".timeindex").ToList();
        Assert.Contains(files, file => Path.GetExtension(file) == ".log");
        var dump = (await KafkaPeer.ToolAsync("dump-log", "--deep-iteration", "--print-data-log", "--files", string.Join(',', files))).Succeeded();

        var batches = dump.Lines.Where(line => line.StartsWith("baseOffset:", StringComparison.Ordinal)).ToList();
        Assert.All(batches, line => Assert.Contains("isvalid: true", line, StringComparison.Ordinal));
        Assert.All(Codecs, codec => Assert.Contains(batches, line => line.Contains($"compresscodec: {codec}", StringComparison.Ordinal)));
        Assert.Equal(records.Count * Codecs.Length, dump.Lines.Count(line => line.StartsWith("| offset:", StringComparison.Ordinal)));
        Assert.DoesNotContain("mismatch", dump.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Found ", dump.Output, StringComparison.Ordinal);
    }

    private static string Line(CompatRecord record)
    {
        var headers = string.Join(',', record.Headers.Select(header => $"{header.Key}:{Text(header.Value)}"));
        return $"{headers}\t{Text(record.Key)}\t{Text(record.Value)}";
    }

    private static string Text(byte[]? data) => System.Text.Encoding.UTF8.GetString(data ?? []);

    private static string? Name(string line)
    {
        if (!line.StartsWith('{'))
            return null;
        using var document = JsonDocument.Parse(line);
        return document.RootElement.TryGetProperty("name", out var name) ? name.GetString() : null;
    }

    private Task<CommandResult> ToolAsync(string tool, params string[] arguments) =>
        KafkaPeer.ToolAsync(tool, ["--bootstrap-server", broker.BootstrapServers, .. arguments]);
}

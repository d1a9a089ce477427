using System.CommandLine;
using System.Text.Json;
using Chronik.Server.Commands;

namespace Chronik.Server.Tests.Commands;

/// <summary>What the command line understands, and what it says where it does not.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public async Task Every_command_teaches_with_examples_that_it_understands()
    {
        foreach (var (path, command) in Walk(CommandLine.Build(CommandContext.OfProcess()), []))
        {
            var help = await Cli.RunAsync([.. path, "--help"]);
            Assert.Equal(0, help.ExitCode);
            Assert.Contains("Examples:", help.Output, StringComparison.Ordinal);
            foreach (var example in ((TaughtCommand)command).Examples)
            {
                Assert.Contains(example, help.Output, StringComparison.Ordinal);
                foreach (var line in Commands(example))
                    Assert.Empty(CommandLine.Build(CommandContext.OfProcess()).Parse(line).Errors);
            }
        }
    }

    [Theory]
    [InlineData("strat", "'strat' is not known to `chronik-server`: did you mean start?")]
    [InlineData("topic crate x", "'crate' is not known to `chronik-server topic`: did you mean create?")]
    [InlineData("start --listne localhost:1", "'--listne' is not known to `chronik-server start`: did you mean --listen?")]
    [InlineData("topic", "Required command was not provided.")]
    public async Task What_is_not_understood_gets_a_hint_and_exit_code_2(string line, string sentence)
    {
        var answer = await Cli.RunAsync(line.Split(' '));
        Assert.Equal(2, answer.ExitCode);
        Assert.Equal(sentence, answer.Error.Split('\n')[0].TrimEnd());
        Assert.Contains("--help` shows how it is used.", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("consume t --from-beginning --from-end", "--from-beginning and --from-end exclude each other: give one of them.")]
    [InlineData("consume t --from-time soon", "--from-time is 'soon', which is no time: write for example 2026-11-23T10:00:00Z, 1763892000000, or 15m for a quarter of an hour ago.")]
    [InlineData("consume t --from-offset -1", "--from-offset is -1, but offsets begin at 0.")]
    [InlineData("group reset g", "Where to? Add --to-beginning, --to-end, --to-offset or --to-time.")]
    [InlineData("topic create t --config x", "--config x names no value: write for example --config retention.ms=86400000.")]
    [InlineData("topic list --server host:port", "--server: 'host:port' has no port between 1 and 65535 behind its colon. Write for example --server localhost:9092.")]
    public async Task Wrong_values_get_one_sentence_and_exit_code_2(string line, string sentence)
    {
        var answer = await Cli.RunAsync(line.Split(' '));
        Assert.Equal((2, sentence), (answer.ExitCode, answer.Error.Trim()));
    }

    [Fact]
    public async Task A_log_is_not_verified_where_there_is_none()
    {
        var answer = await Cli.RunAsync("log", "verify", "--data-dir", "/nowhere/data");
        Assert.Equal((2, "There is no folder /nowhere/data: name the data folder with --data-dir."), (answer.ExitCode, answer.Error.Trim()));
    }

    [Fact]
    public async Task Wrong_settings_are_all_told_and_nothing_is_started()
    {
        var answer = await Cli.RunAsync("start", "--set", "num.partitions=none", "--listen", "0.0.0.0:9092");
        Assert.Equal(2, answer.ExitCode);
        Assert.Equal(2, answer.Error.Trim().Split('\n').Length);
        Assert.Equal("", answer.Output);
    }

    [Fact]
    public async Task Config_shows_each_setting_with_its_origin()
    {
        var environment = new Dictionary<string, string> { ["KAFKA_LOG_RETENTION_MS"] = "60000", ["HOME"] = "/home/user" };
        var answer = await Cli.RunAsync(environment, "", "config", "--set", "num.partitions=3", "-o", "json");
        Assert.Equal(0, answer.ExitCode);
        var rows = JsonDocument.Parse(answer.Output).RootElement.EnumerateArray().ToDictionary(row => row.GetProperty("name").GetString()!);
        Assert.Equal(("3", "--set"), Pair(rows["num.partitions"]));
        Assert.Equal(("60000", "KAFKA_LOG_RETENTION_MS"), Pair(rows["log.retention.ms"]));
        Assert.Equal(("5000", "default"), Pair(rows["chronik.group.rescue.ms"]));
        Assert.All(rows.Values, row => Assert.Equal(["name", "value", "from", "meaning"], row.EnumerateObject().Select(member => member.Name)));

        var changed = await Cli.RunAsync(environment, "", "config", "--changed");
        Assert.Equal(2, changed.Output.Trim().Split('\n').Length);
        Assert.DoesNotContain('\u001b', changed.Output);
    }

    [Fact]
    public async Task A_server_that_is_away_is_told_in_one_sentence()
    {
        var answer = await Cli.RunAsync("health", "--server", "127.0.0.1:1", "--timeout", "5");
        Assert.Equal(1, answer.ExitCode);
        Assert.StartsWith("127.0.0.1:1 does not serve: ", answer.Output, StringComparison.Ordinal);
        var json = await Cli.RunAsync("health", "--server", "127.0.0.1:1", "-o", "json");
        Assert.False(JsonDocument.Parse(json.Output).RootElement.GetProperty("serves").GetBoolean());
    }

    [Fact]
    public void Times_are_read_as_people_write_them()
    {
        var now = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
        Assert.Equal(now.AddMinutes(-15), StartOptions.ParseTime("--t", "15m", now));
        Assert.Equal(now.AddHours(-36), StartOptions.ParseTime("--t", "1.5d", now));
        Assert.Equal(now, StartOptions.ParseTime("--t", "2026-11-23T12:00:00Z", now));
        Assert.Equal(now, StartOptions.ParseTime("--t", now.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture), now));
    }

    private static IEnumerable<(string[] Path, Command Command)> Walk(Command command, string[] path) =>
        command.Subcommands.SelectMany(sub => Walk(sub, [.. path, sub.Name]).Prepend(([.. path, sub.Name], sub)));

    private static IEnumerable<string> Commands(string example) =>
        from part in example.Split(" | ")
        let start = part.IndexOf("chronik-server ", StringComparison.Ordinal)
        where start >= 0
        select part[(start + "chronik-server ".Length)..].Split("   #")[0].Replace('\'', '"');

    private static (string?, string?) Pair(JsonElement row) => (row.GetProperty("value").GetString(), row.GetProperty("from").GetString());
}

using Chronik.TestKit;

namespace Chronik.Compat.Tests;

/// <summary>kill -9 under load, again and again: what was acknowledged is there, and everybody goes on.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private const int Crashes = 3;
    private const int AcknowledgedBetweenCrashes = 3_000;

    private static readonly TimeSpan ProgressBound = TimeSpan.FromSeconds(60);

    private readonly BrokerUnderTest _broker = new();
    private readonly TemporaryFolder _folder = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("idempotent")]
    [InlineData("plain")]
    public async Task Every_acknowledged_record_survives_kill_9_and_those_of_an_idempotent_producer_are_there_once(string producer)
    {
        await _broker.CreateTopicsAsync("crashed:3");
        var load = Clients.RunScriptAsync(
            "confluent-kafka", "load.py", [_broker.BootstrapServers, "crashed", _folder.FullName, producer], TimeSpan.FromMinutes(4));
        await CrashAsync(load);
        await load;

        var acknowledged = Read("acknowledged");
        var stored = await ReadAllAsync("crashed");
        Assert.Empty(acknowledged.Except(stored));
        if (producer == "idempotent")
            Assert.Equal(stored.Distinct().Count(), stored.Count);
    }

    [Fact]
    public async Task A_group_goes_on_after_kill_9_from_no_earlier_than_what_it_committed()
    {
        await _broker.CreateTopicsAsync("followed:3");
        var load = Clients.RunScriptAsync(
            "confluent-kafka", "load.py", [_broker.BootstrapServers, "followed", _folder.FullName, "idempotent"], TimeSpan.FromMinutes(4));
        var follow = Clients.RunScriptAsync(
            "kafka-python-2.3.3", "follow.py", [_broker.BootstrapServers, "followed", "followers", _folder.FullName], TimeSpan.FromMinutes(4));
        await CrashAsync(load, follow);
        await load;
        await follow;

        var stored = await ReadAllAsync("followed");
        Assert.Empty(stored.Except(Read("read")));
        var committed = Read("committed").Select(line => line.Split(' ')).GroupBy(parts => parts[0], parts => long.Parse(parts[1], null));
        var described = (await KafkaPeer.ToolAsync(
            "consumer-groups", "--bootstrap-server", _broker.BootstrapServers, "--describe", "--group", "followers", "--offsets")).Succeeded();
        Assert.All(committed, partition =>
        {
            var row = described.Lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Single(columns => columns[0] == "followers" && columns[2] == partition.Key);
            Assert.Equal(partition.Last(), long.Parse(row[3], null));
            Assert.True(partition.SequenceEqual(partition.Order()), $"The commits of partition {partition.Key} went back.");
        });
    }

    private async Task CrashAsync(params Task<CommandResult>[] programs)
    {
        for (var crash = 0; crash <= Crashes; crash++)
        {
            var goal = CountLines("acknowledged") + AcknowledgedBetweenCrashes;
            await Eventually.True(
                () => CountLines("acknowledged") >= goal || programs.Any(program => program.IsCompleted),
                ProgressBound,
                $"{AcknowledgedBetweenCrashes} more records are acknowledged after {crash} crashes");
            if (programs.FirstOrDefault(program => program.IsCompleted) is { } ended)
                Assert.Fail($"A client ended before it was told to: {await ended}");
            if (crash < Crashes)
                await _broker.KillAndStartAgainAsync();
        }

        await File.WriteAllTextAsync(_folder.PathOf("stop"), "");
    }

    private async Task<List<string>> ReadAllAsync(string topic)
    {
        var result = (await KafkaPeer.ToolAsync(
            "console-consumer", "--bootstrap-server", _broker.BootstrapServers, "--topic", topic, "--from-beginning", "--timeout-ms", "5000")).Lines;
        return [.. result];
    }

    private int CountLines(string file) => Read(file).Count;

    private List<string> Read(string file)
    {
        var path = _folder.PathOf(file);
        if (!File.Exists(path))
            return [];
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}

using System.Text.Json;
using Chronik.TestKit;

namespace Chronik.Compat.Tests;

/// <summary>Three kafka-python consumers in one group, in every generation of the client and with its default settings.</summary>
public sealed class GroupScenarioTests(BrokerUnderTest broker, ITestOutputHelper output)
{
    private const int Rounds = 20;
    private const int RoundsAtOnce = 10;
    private const double RescueSecondsMax = 5.5;

    /// <summary>From the leader's last sign of life the followers' processes need a moment to send and to take answers.</summary>
    private const double ToleranceSeconds = 0.5;

    /// <summary>The packages of each generation ("": Debian's) and the version that it is told to speak ("": it finds out).</summary>
    public static TheoryData<string, string> Generations => new()
    {
        { "kafka-python-2.0.2", "" },
        { "kafka-python-2.0.2", "0.10.0" },
        { "kafka-python-2.0.6", "" },
        { "kafka-python-2.3.3", "" },
        { "kafka-python-3.0.12", "" },
        { "", "" },
        { "", "0.10.0" },
    };

    public static TheoryData<string> Packages => ["kafka-python-2.0.2", "kafka-python-2.0.6", "kafka-python-2.3.3", "kafka-python-3.0.12", ""];

    [Theory]
    [MemberData(nameof(Generations))]
    public async Task Two_more_members_join_and_each_of_three_gets_its_fifty_messages_twenty_times_over(string packages, string version)
    {
        if (version.Length > 0)
            BrokerUnderTest.SkipOnKafka("it dropped what clients of 0.10 speak.");
        var prefix = broker.Fresh("scenario");
        await broker.CreateTopicsAsync(Enumerable.Range(0, Rounds).Select(round => $"{prefix}-{round}:3"));

        var result = await RunAsync(packages, "group_scenario.py", version, [broker.BootstrapServers, prefix, $"{Rounds}", $"{RoundsAtOnce}"]);

        output.WriteLine(result.Output);
        Assert.Equal(Rounds, result.Lines.Count);
        Assert.All(result.Lines, line => Assert.Equal([50, 50, 50], Shares(line)));
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Followers_of_a_leader_that_fell_silent_work_within_five_and_a_half_seconds(string packages)
    {
        BrokerUnderTest.SkipOnKafka("it waits for the leader's session to time out.");
        var topic = broker.Fresh("silent");
        await broker.CreateTopicsAsync($"{topic}:3");

        var result = await RunAsync(packages, "silent_leader.py", "", [broker.BootstrapServers, topic, topic]);

        output.WriteLine(result.Output + result.Error);
        using var document = JsonDocument.Parse(result.Lines[^1]);
        var outcome = document.RootElement;
        Assert.True(outcome.GetProperty("ok").GetBoolean(), result.Output + result.Error);
        var waits = outcome.GetProperty("assignedSeconds").EnumerateArray().Select(seconds => seconds.GetDouble()).ToList();
        Assert.Equal(2, waits.Count);
        Assert.All(waits, seconds => Assert.InRange(seconds, 0, RescueSecondsMax + ToleranceSeconds));
        Assert.Equal([50, 50], outcome.GetProperty("read").EnumerateArray().Select(count => count.GetInt32()));
    }

    private static IEnumerable<int> Shares(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.TryGetProperty("shares", out var shares)
            ? [.. shares.EnumerateArray().Select(share => share.GetInt32())]
            : throw new InvalidOperationException(line);
    }

    private static Task<CommandResult> RunAsync(string packages, string script, string version, string[] arguments)
    {
        var (program, first) = packages.Length == 0
            ? Clients.DebianPython("python3-kafka", "kafka", script)
            : Clients.Python(packages, script);
        var environment = packages.Length == 0 ? [] : Clients.Packages(packages);
        environment["KAFKA_API_VERSION"] = version;
        return CommandRunner.RunAsync(program, [.. first, .. arguments], timeout: TimeSpan.FromMinutes(3), environment: environment);
    }
}

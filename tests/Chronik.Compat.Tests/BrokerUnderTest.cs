using Chronik.TestKit;

namespace Chronik.Compat.Tests;

/// <summary>
/// The broker that most tests share: the built chronik-server, or with CHRONIK_COMPAT_AGAINST=kafka a real Apache Kafka,
/// which proves the tests themselves.
/// </summary>
public sealed class BrokerUnderTest : IAsyncLifetime
{
    private ServerProcess? _chronik;
    private KafkaPeer? _kafka;
    private int _names;

    /// <summary>True where the tests run against Apache Kafka.</summary>
    public static bool IsKafka => Environment.GetEnvironmentVariable("CHRONIK_COMPAT_AGAINST") == "kafka";

    /// <summary>Its address, as clients take it.</summary>
    public string BootstrapServers => _chronik?.BootstrapServers ?? _kafka!.BootstrapServers;

    /// <summary>The folder with its partitions.</summary>
    public string DataFolder => _chronik?.DataFolder ?? _kafka!.DataFolder;

    /// <summary>Skips a test that Kafka 4 rightly fails.</summary>
    public static void SkipOnKafka(string reason)
    {
        if (IsKafka)
            Assert.Skip($"Apache Kafka 4: {reason}");
    }

    public async ValueTask InitializeAsync()
    {
        if (IsKafka)
            _kafka = await KafkaPeer.StartAsync();
        else
            _chronik = await ServerProcess.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_chronik is not null)
            await _chronik.DisposeAsync();
        if (_kafka is not null)
            await _kafka.DisposeAsync();
    }

    /// <summary>Kills it (SIGKILL) and starts it again on the same folder and port.</summary>
    public Task KillAndStartAgainAsync() => _chronik?.KillAndStartAgainAsync() ?? _kafka!.KillAndStartAgainAsync();

    /// <summary>A name for a topic or a group that no other test has.</summary>
    public string Fresh(string name) => $"{name}-{Interlocked.Increment(ref _names)}";

    /// <summary>Makes topics, each given as NAME:PARTITIONS.</summary>
    public Task CreateTopicsAsync(params IEnumerable<string> topics) =>
        Clients.RunScriptAsync("confluent-kafka", "admin.py", ["create", BootstrapServers, .. topics]);
}

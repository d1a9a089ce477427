using System.Diagnostics;
using System.Globalization;

namespace Chronik.TestKit;

/// <summary>A real Apache Kafka broker in a folder of its own, for comparing with and for proving the tests themselves.</summary>
public sealed class KafkaPeer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Process _broker;

    private KafkaPeer(TemporaryFolder folder, Process broker, int port)
    {
        _folder = folder;
        _broker = broker;
        Port = port;
    }

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>Its address, as clients take it.</summary>
    public string BootstrapServers => $"127.0.0.1:{Port}";

    /// <summary>Where its partitions' files lie.</summary>
    public string DataFolder => _folder.PathOf("data");

    /// <summary>Starts a broker and returns when it serves, about four seconds later.</summary>
    /// <param name="settings">Lines for its server.properties, such as <c>auto.create.topics.enable=false</c>.</param>
    public static async Task<KafkaPeer> StartAsync(params string[] settings)
    {
        var program = SharedFolder.PathOf("peers", "kafka", "start-broker");
        var folder = new TemporaryFolder();
        var port = FreePorts.Take(consecutive: 2);
        var environment = new Dictionary<string, string?>
        {
            ["OFFSETS_PARTITIONS"] = "4",
            ["REBALANCE_DELAY_MS"] = "0",
            ["KAFKA_JAVA_OPTS"] = "-Xms256m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
        };
        string[] arguments = [folder.FullName, port.ToString(CultureInfo.InvariantCulture), .. settings];
        var started = await CommandRunner.RunAsync(program, arguments, environment: environment);
        started.Succeeded();
        var broker = Process.GetProcessById(int.Parse(started.Lines[^1], CultureInfo.InvariantCulture));
        return new KafkaPeer(folder, broker, port);
    }

    /// <summary>Runs one of Kafka's command-line tools, such as <c>topics</c> or <c>dump-log</c>.</summary>
    public static Task<CommandResult> ToolAsync(string tool, params string[] arguments) =>
        CommandRunner.RunAsync(SharedFolder.PathOf("peers", "kafka", "kafka"), [tool, .. arguments]);

    /// <summary>Ends the broker and deletes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        _broker.Kill();
        await _broker.WaitForExitAsync();
        _broker.Dispose();
        _folder.Dispose();
    }
}

using System.Diagnostics;
using System.Globalization;

namespace Chronik.TestKit;

/// <summary>A real Apache Kafka broker in a folder of its own, for comparing with and for proving the tests themselves.</summary>
public sealed class KafkaPeer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string[] _settings;
    private Process? _broker;

    private KafkaPeer(string[] settings) => _settings = settings;

    /// <summary>The port it listens on.</summary>
    public int Port { get; } = FreePorts.Take(consecutive: 2);

    /// <summary>Its address, as clients take it.</summary>
    public string BootstrapServers => $"127.0.0.1:{Port}";

    /// <summary>Where its partitions' files lie.</summary>
    public string DataFolder => _folder.PathOf("data");

    /// <summary>Starts a broker and returns when it serves, about four seconds later.</summary>
    /// <param name="settings">Lines for its server.properties, such as <c>auto.create.topics.enable=false</c>.</param>
    public static async Task<KafkaPeer> StartAsync(params string[] settings)
    {
        SharedFolder.Require();
        var peer = new KafkaPeer(settings);
        await peer.StartAgainAsync();
        return peer;
    }

    /// <summary>Kills the broker (SIGKILL) and starts it again, on the same folder and port.</summary>
    public async Task KillAndStartAgainAsync()
    {
        await KillAsync();
        await StartAgainAsync();
    }

    /// <summary>Runs one of Kafka's command-line tools, such as <c>topics</c> or <c>dump-log</c>.</summary>
    public static Task<CommandResult> ToolAsync(string tool, params string[] arguments) => ToolWithInputAsync(null, tool, arguments);

    /// <summary>Runs one of Kafka's command-line tools with something on its standard input.</summary>
    public static Task<CommandResult> ToolWithInputAsync(string? input, string tool, params string[] arguments) => CommandRunner.RunAsync(
        SharedFolder.PathOf("peers", "kafka", "kafka"),
        [tool, .. arguments],
        input,
        // A tool lives for a second: compiling it well would take longer than it runs.
        environment: new Dictionary<string, string?> { ["JAVA_TIER"] = "1" });

    /// <summary>Ends the broker and deletes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
    }

    /// <summary>Asks the broker to stop (SIGTERM) and waits; its folder stays.</summary>
    public async Task StopAsync()
    {
        if (_broker is null)
            return;
        PosixSignal.Terminate(_broker);
        await _broker.WaitForExitAsync();
        _broker.Dispose();
        _broker = null;
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>.</summary>
    public Task GoOnAsync() => StartAgainAsync();

    private async Task StartAgainAsync()
    {
        var environment = new Dictionary<string, string?>
        {
            ["OFFSETS_PARTITIONS"] = "4",
            ["REBALANCE_DELAY_MS"] = "0",
            ["KAFKA_JAVA_OPTS"] = "-Xms256m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1",
        };
        string[] arguments = [_folder.FullName, Port.ToString(CultureInfo.InvariantCulture), .. _settings];
        var program = SharedFolder.PathOf("peers", "kafka", "start-broker");
        var started = (await CommandRunner.RunAsync(program, arguments, environment: environment)).Succeeded();
        _broker = Process.GetProcessById(int.Parse(started.Lines[^1], CultureInfo.InvariantCulture));
    }

    /// <summary>Kills the broker (SIGKILL); its folder stays.</summary>
    public async Task KillAsync()
    {
        if (_broker is null)
            return;
        _broker.Kill();
        await _broker.WaitForExitAsync();
        _broker.Dispose();
        _broker = null;
    }
}

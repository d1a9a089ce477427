using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Chronik.Server.Tests.Commands;
using Chronik.TestKit;

namespace Chronik.Server.Tests.Hosting;

/// <summary>The program as a process: starting, refusing to start, stopping.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task It_says_where_it_listens_what_it_advertises_and_where_its_data_is()
    {
        await using var server = await ServerProcess.StartAsync("--advertise", "localhost");
        var log = server.Log;
        Assert.Contains($"127.0.0.1:{server.Port}", log, StringComparison.Ordinal);
        await Eventually.True(() => server.Log.Contains("Ctrl-C stops it.", StringComparison.Ordinal));
        Assert.Contains($"Advertising  localhost:{server.Port}", server.Log, StringComparison.Ordinal);
        Assert.Contains(server.DataFolder, server.Log, StringComparison.Ordinal);
        Assert.Contains($"chronik-server topic list --server 127.0.0.1:{server.Port}", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stops_cleanly_on_SIGTERM_and_starts_again_on_the_same_data()
    {
        await using var server = await ServerProcess.StartAsync();
        Assert.Equal(0, (await Cli.RunAsync("topic", "create", "kept", "-p", "2", "--server", server.BootstrapServers)).ExitCode);
        Assert.Equal(0, await server.StopAsync());
        Assert.Contains("Stopped.", server.Log, StringComparison.Ordinal);
        await server.StartAgainAsync();
        Assert.Contains("kept", (await Cli.RunAsync("topic", "list", "--server", server.BootstrapServers)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_is_refused_with_one_sentence()
    {
        await using var server = await ServerProcess.StartAsync();
        var second = await RunAsync("--listen", "127.0.0.1:0", "--data-dir", server.DataFolder);
        Assert.Equal(1, second.ExitCode);
        Assert.Equal($"The data folder {server.DataFolder} is in use by another server (process {server.Process.Id}).", second.Error.Trim());
        Assert.Equal("", second.Output);
    }

    [Fact]
    public async Task A_port_in_use_is_told_with_one_sentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var folder = new TemporaryFolder();
        var refused = await RunAsync("--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "--data-dir", folder.PathOf("data"));
        Assert.Equal(1, refused.ExitCode);
        Assert.Equal($"Cannot listen on 127.0.0.1:{port}: another program already listens there.", refused.Error.Trim());
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_made_is_told_with_one_sentence()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.PathOf("file"), "", TestContext.Current.CancellationToken);
        var refused = await RunAsync("--listen", "127.0.0.1:0", "--data-dir", folder.PathOf("file", "data"));
        Assert.Equal(1, refused.ExitCode);
        Assert.Single(refused.Error.Trim().Split('\n'));
        Assert.Contains(folder.PathOf("file"), refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_tells_a_server_that_serves()
    {
        await using var server = await ServerProcess.StartAsync();
        var health = await Cli.RunAsync("health", "--server", server.BootstrapServers);
        Assert.Equal(0, health.ExitCode);
        Assert.StartsWith($"{server.BootstrapServers} serves: cluster ", health.Output, StringComparison.Ordinal);
    }

    private static Task<CommandResult> RunAsync(params string[] options) => CommandRunner.RunAsync(
        Path.Combine(Repository.OutputOf("Chronik.Server"), "chronik-server"), ["start", .. options]);
}

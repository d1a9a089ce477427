using System.Globalization;
using System.Net.Sockets;
using Chronik.Server.Tests.Commands;
using Chronik.TestKit;

namespace Chronik.Server.Tests.Hosting;

/// <summary>The real program where a limit of the system is met: one sentence, and back to work when there is room.</summary>
public sealed class LimitTests
{
    private static readonly string s_program = Path.Combine(Repository.OutputOf("Chronik.Server"), "chronik-server");
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_full_disk_refuses_records_and_nothing_else_and_takes_them_again_when_there_is_room()
    {
        await using var server = await ServerProcess.StartAsync("--set", "chronik.disk.reserve.bytes=4194304");
        Assert.Equal(0, await server.StopAsync());
        await using var disk = await SmallDisk.MountAsync(server.DataFolder, "24m");
        await server.StartAgainAsync();
        var record = Path.Combine(server.DataFolder, "..", "record");
        await File.WriteAllTextAsync(record, new string('x', 900_000), TestContext.Current.CancellationToken);

        var written = 0;
        while (await TryProduceAsync(server, "--file", record, "--whole"))
            Assert.InRange(++written, 1, 24);

        Assert.InRange(written, 5, 24);
        Assert.Equal(written, (await ConsumeAsync(server, "--from-beginning")).Length);
        Assert.NotEmpty(await ConsumeAsync(server, "--from-beginning", "-n", "2", "-g", "readers"));
        Assert.Equal(1, Count(server.Log, "is full"));

        await disk.ResizeAsync("48m");
        await Eventually.True(async () => await TryProduceAsync(server, "hello"), s_bound);
        Assert.InRange((await ConsumeAsync(server, "--from-beginning")).Length, written + 1, written + 3);
        Assert.Contains("has room again", server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(server.DataFolder, "*.tmp", SearchOption.AllDirectories), _ => true);
        await server.KillAsync();
        await server.StartAgainAsync();
        Assert.InRange((await ConsumeAsync(server, "--from-beginning")).Length, written + 1, written + 3);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task Too_many_connections_for_the_system_are_refused_and_the_rest_is_served_afterwards()
    {
        await using var server = await ServerProcess.StartLimitedAsync(400, "--set", "chronik.open.files.max=64");
        var clients = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 250; i++)
            {
                var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", server.Port, TestContext.Current.CancellationToken);
                clients.Add(client);
            }

            await Eventually.True(() => server.Log.Contains("LimitNOFILE", StringComparison.Ordinal), s_bound);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        await Eventually.True(async () => (await Cli.RunAsync("health", "--server", server.BootstrapServers)).ExitCode == 0, s_bound);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task A_thousand_idle_connections_cost_a_few_KiB_each()
    {
        const int Connections = 1000, BytesMax = 24 * 1024;
        await using var server = await ServerProcess.StartAsync();
        var clients = new List<TcpClient>();
        try
        {
            await OpenAsync(server, clients, 20);
            var before = await ResidentAsync(server);
            await OpenAsync(server, clients, Connections);
            Assert.InRange((await ResidentAsync(server) - before) / Connections, long.MinValue, BytesMax);
            Assert.Equal(0, (await Cli.RunAsync("health", "--server", server.BootstrapServers)).ExitCode);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task A_data_folder_that_is_a_file_is_told_with_one_sentence()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.PathOf("file"), "", TestContext.Current.CancellationToken);
        await RefusesAsync(folder.PathOf("file"), "is a file");
    }

    [Fact]
    public async Task A_read_only_data_folder_is_told_with_one_sentence()
    {
        using var folder = new TemporaryFolder();
        var data = folder.PathOf("data");
        Directory.CreateDirectory(data);
        await using var disk = await SmallDisk.MountAsync(data, "4m");
        await disk.MakeReadOnlyAsync();
        await RefusesAsync(data, "Read-only file system");
    }

    [Fact]
    public async Task A_disk_that_is_full_at_the_start_is_told_with_one_sentence()
    {
        using var folder = new TemporaryFolder();
        var data = folder.PathOf("data");
        Directory.CreateDirectory(data);
        await using var disk = await SmallDisk.MountAsync(data, "64k");
        await File.WriteAllBytesAsync(Path.Combine(data, "filler"), new byte[60 * 1024], TestContext.Current.CancellationToken);
        await RefusesAsync(data, "full", isAlsoLogged: true);
    }

    [Fact]
    public async Task A_path_that_is_too_long_is_told_with_one_sentence()
    {
        using var folder = new TemporaryFolder();
        await RefusesAsync(folder.PathOf(new string('x', 300)), "too long");
    }

    private static async Task RefusesAsync(string data, string because, bool isAlsoLogged = false)
    {
        var refused = await CommandRunner.RunAsync(s_program, ["start", "--listen", "127.0.0.1:0", "--data-dir", data]);
        Assert.Equal(1, refused.ExitCode);
        var lines = refused.Error.Trim().Split('\n');
        Assert.InRange(lines.Length, 1, isAlsoLogged ? 2 : 1);
        var told = lines[^1];
        Assert.Contains(because, told, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(data, told, StringComparison.Ordinal);
    }

    // The client tries again for as long as it may: whether it came to an end in time tells.
    private static async Task<bool> TryProduceAsync(ServerProcess server, params string[] what)
    {
        // A producer that is refused tries again for as long as it is let: long enough for a process to start on a busy machine.
        string[] arguments = ["15", s_program, "produce", "t", .. what, "--server", server.BootstrapServers];
        return (await CommandRunner.RunAsync("timeout", arguments)).ExitCode == 0;
    }

    private static async Task<string[]> ConsumeAsync(ServerProcess server, params string[] how)
    {
        var result = await Cli.RunAsync(["consume", "t", .. how, "-o", "json", "--server", server.BootstrapServers]);
        Assert.Equal(0, result.ExitCode);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task ShellAsync(string program, params string[] arguments) =>
        Assert.Equal(0, (await CommandRunner.RunAsync(program, arguments)).ExitCode);

    // Each has been served once: what a connection keeps is there.
    private static async Task OpenAsync(ServerProcess server, List<TcpClient> clients, int count)
    {
        byte[] apiVersions = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF];
        var length = new byte[4];
        for (var i = 0; i < count; i++)
        {
            var client = new TcpClient();
            clients.Add(client);
            await client.ConnectAsync("127.0.0.1", server.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(apiVersions, TestContext.Current.CancellationToken);
            await client.GetStream().ReadExactlyAsync(length, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<long> ResidentAsync(ServerProcess server)
    {
        const string Name = "VmRSS:";
        var lines = await File.ReadAllLinesAsync($"/proc/{server.Process.Id}/status", TestContext.Current.CancellationToken);
        var line = Array.Find(lines, static line => line.StartsWith(Name, StringComparison.Ordinal))!;
        return long.Parse(line[Name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A file system in memory of a given size, which only root may mount.</summary>
    private sealed class SmallDisk(string folder) : IAsyncDisposable
    {
        public static async Task<SmallDisk> MountAsync(string folder, string size)
        {
            string[] mount = ["-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder];
            if (Environment.UserName != "root" || (await CommandRunner.RunAsync("mount", mount)).ExitCode != 0)
                Assert.Skip("Only root, where it may mount, can make a small disk.");
            return new SmallDisk(folder);
        }

        public Task ResizeAsync(string size) => ShellAsync("mount", "-o", $"remount,size={size}", folder);

        public Task MakeReadOnlyAsync() => ShellAsync("mount", "-o", "remount,ro", folder);

        public async ValueTask DisposeAsync() => await CommandRunner.RunAsync("umount", ["-l", folder]);
    }
}

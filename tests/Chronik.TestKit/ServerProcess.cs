using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Chronik.TestKit;

/// <summary>The built chronik-server as a process of its own, on a free port of 127.0.0.1 and a folder of its own.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(15);

    private readonly TemporaryFolder _folder = new();
    private readonly StringBuilder _log = new();
    private readonly string[] _options;
    private int? _openFiles;
    private Process? _process;

    private ServerProcess(string[] options) => _options = options;

    /// <summary>The port it listens on; stays the same over restarts.</summary>
    public int Port { get; private set; }

    /// <summary>Its address, as clients take it.</summary>
    public string BootstrapServers => $"127.0.0.1:{Port}";

    /// <summary>Its data folder.</summary>
    public string DataFolder => _folder.PathOf("data");

    /// <summary>The running process.</summary>
    public Process Process => _process ?? throw new InvalidOperationException("The server is not running.");

    /// <summary>All it printed since the first start, both streams.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>Starts a server and returns when it serves.</summary>
    /// <param name="options">More options for <c>chronik-server start</c>.</param>
    public static async Task<ServerProcess> StartAsync(params string[] options)
    {
        var server = new ServerProcess(options);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it where the system lets it open so many files and connections only.</summary>
    public static async Task<ServerProcess> StartLimitedAsync(int openFiles, params string[] options)
    {
        var server = new ServerProcess(options) { _openFiles = openFiles };
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it once more, on the same folder and port, after it was killed or stopped.</summary>
    public async Task StartAgainAsync()
    {
        if (_process is not null)
            throw new InvalidOperationException("The server is running.");
        var program = Path.Combine(Repository.OutputOf("Chronik.Server"), "chronik-server");
        string[] arguments =
            ["start", "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}"), "--data-dir", DataFolder, .. _options];
        var process = Process.Start(_openFiles is { } limit
            ? CommandRunner.StartInfo("bash", ["-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -n {limit}; exec \"$0\" \"$@\""), program, .. arguments])
            : CommandRunner.StartInfo(program, arguments))!;
        _process = process;
        var serving = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) => OnLine(line.Data, serving);
        process.ErrorDataReceived += (_, line) => OnLine(line.Data, serving);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (await Task.WhenAny(serving.Task, process.WaitForExitAsync(), Task.Delay(StartBound)) != serving.Task)
            throw new InvalidOperationException($"chronik-server does not say where it listens:\n{Log}");
        Port = await serving.Task;
    }

    /// <summary>Kills it (SIGKILL): nothing it has in memory survives.</summary>
    public async Task KillAsync()
    {
        Process.Kill();
        await EndedAsync();
    }

    /// <summary>Asks it to stop (SIGTERM) and returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        PosixSignal.Terminate(Process);
        return await EndedAsync();
    }

    /// <summary>Kills it and starts it again.</summary>
    public async Task KillAndStartAgainAsync()
    {
        await KillAsync();
        await StartAgainAsync();
    }

    /// <summary>Kills it where it still runs and deletes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await KillAsync();
        _folder.Dispose();
    }

    [GeneratedRegex(@"127\.0\.0\.1:([1-9]\d*)")]
    private static partial Regex ListenAddress();

    private async Task<int> EndedAsync()
    {
        using var process = Process;
        using var bound = new CancellationTokenSource(StopBound);
        try
        {
            await process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"chronik-server did not end within {StopBound}:\n{Log}");
        }

        _process = null;
        return process.ExitCode;
    }

    private void OnLine(string? line, TaskCompletionSource<int> serving)
    {
        if (line is null)
            return;
        lock (_log)
            _log.AppendLine(line);
        if (ListenAddress().Match(line) is { Success: true } match)
            serving.TrySetResult(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
    }
}

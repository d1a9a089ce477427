using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Chronik.TestKit;

namespace Chronik.Campaigns.RealBroker;

/// <summary>The built chronik-server on a folder that outlives it, alone or below a tracer that disturbs it.</summary>
internal sealed partial class BrokerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_endBound = TimeSpan.FromSeconds(30);

    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource<bool> _serving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;
    private readonly Task _ended;

    private BrokerProcess(ProcessStartInfo start)
    {
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => OnLine(line.Data);
        _process.ErrorDataReceived += (_, line) => OnLine(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _ended = WaitForEndAsync();
    }

    /// <summary>The server's process id; a tracer's is another.</summary>
    public int Id => _process.Id;

    public bool HasEnded => _ended.IsCompleted;

    /// <summary>Valid once it has ended; above 128 it was a signal.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>All it printed, both streams.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>Starts it; <see cref="ServesAsync"/> tells when it serves.</summary>
    /// <param name="dataFolder">Its data folder.</param>
    /// <param name="port">The port of 127.0.0.1.</param>
    /// <param name="options">More options for <c>chronik-server start</c>.</param>
    /// <param name="tracer">A command line in front of the program, which must become the program's child or exec it.</param>
    public static BrokerProcess Start(string dataFolder, int port, IEnumerable<string> options, params string[] tracer)
    {
        string[] command =
        [
            .. tracer, Path.Combine(Repository.OutputOf("Chronik.Server"), "chronik-server"), "start",
            "--listen", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "--data-dir", dataFolder, .. options,
        ];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        return new BrokerProcess(start);
    }

    /// <summary>True when it serves, false when it ended before.</summary>
    /// <exception cref="TimeoutException">Neither within the bound.</exception>
    public async Task<bool> ServesAsync(TimeSpan bound)
    {
        try
        {
            return await await Task.WhenAny(_serving.Task, AsFalse()).WaitAsync(bound);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"chronik-server neither serves nor ends within {bound.TotalSeconds} s:\n{Log}\n{ProcessThreads.Describe(Id)}");
        }
    }

    /// <summary>True when it ends within the bound.</summary>
    public async Task<bool> EndsAsync(TimeSpan bound) => await Task.WhenAny(_ended, Task.Delay(bound)) == _ended;

    /// <summary>SIGKILL: nothing that it has in memory survives.</summary>
    public async Task KillAsync()
    {
        if (!HasEnded)
            _process.Kill();
        await _ended.WaitAsync(s_endBound);
    }

    /// <summary>SIGTERM; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (!HasEnded)
            PosixSignal.Terminate(_process);
        await _ended.WaitAsync(s_endBound);
        return ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"^\s+Listening\s")]
    private static partial Regex ListeningLine();

    private async Task<bool> AsFalse()
    {
        await _ended;
        return false;
    }

    private async Task WaitForEndAsync() => await _process.WaitForExitAsync();

    private void OnLine(string? line)
    {
        if (line is null)
            return;
        lock (_log)
            _log.AppendLine(line);
        if (ListeningLine().IsMatch(line))
            _serving.TrySetResult(true);
    }
}

using System.Diagnostics;
using Chronik.TestKit;

namespace Chronik.Campaigns.RealBroker;

/// <summary>Faults in the system calls of a real program, by strace.</summary>
internal static class Strace
{
    private static readonly string[] s_places = ["/usr/local/bin/strace", "/usr/bin/strace", "/bin/strace"];
    private static readonly string[] s_options = ["-f", "-y", "-o"];

    /// <summary>Why it cannot be used here; null where it can.</summary>
    public static async Task<string?> MissingAsync()
    {
        if (Find() is not { } strace)
            return "strace is not installed";
        var folder = Directory.CreateTempSubdirectory("chronik-strace-");
        try
        {
            var result = await CommandRunner.RunAsync(strace, ["-f", "-o", Path.Combine(folder.FullName, "trace"), "true"]);
            return result.ExitCode == 0 ? null : $"strace may not trace here ({result.Error.Trim()})";
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Where strace is; null where it is not.</summary>
    public static string? Find() => Array.Find(s_places, File.Exists);

    /// <summary>
    /// The command line in front of a program that is to meet faults from its first call on. The program keeps the process id;
    /// the tracer stays until it ends. Not with --seccomp-bpf: there strace 6.1 delivers no signals.
    /// </summary>
    /// <param name="trace">The file that gets the calls.</param>
    /// <param name="calls">The calls, with commas.</param>
    /// <param name="fault">What happens to them, as in <c>error=EIO:when=3</c>. Each thread counts for itself.</param>
    /// <param name="paths">The files whose calls are meant; none for all.</param>
    public static string[] Around(string trace, string calls, string fault, IEnumerable<string>? paths = null) =>
    [
        Find()!, "-D", .. s_options, trace, "-e", $"trace={calls}", "-e", $"inject={calls}:{fault}",
        .. (paths ?? []).SelectMany(static path => (string[])["-P", path]),
    ];

    /// <summary>Lets a running process meet faults until <see cref="EndAsync"/>.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="trace">The file that gets the calls.</param>
    /// <param name="faults">Calls, with commas, and what happens to them, as in <see cref="Around"/>.</param>
    public static async Task<Process> AttachAsync(int processId, string trace, params (string Calls, string Fault)[] faults)
    {
        var start = new ProcessStartInfo(
            Find()!,
            [
                .. s_options, trace, "-e", $"trace={string.Join(',', faults.Select(static fault => fault.Calls))}",
                .. faults.SelectMany(static fault => (string[])["-e", $"inject={fault.Calls}:{fault.Fault}"]), "-p", $"{processId}",
            ])
        {
            RedirectStandardError = true,
        };
        var attached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("attached", StringComparison.Ordinal) == true)
                attached.TrySetResult();
        };
        process.BeginErrorReadLine();
        if (await Task.WhenAny(attached.Task, process.WaitForExitAsync()).WaitAsync(TimeSpan.FromSeconds(30)) != attached.Task)
            throw new InvalidOperationException("strace ended before it was attached.");
        return process;
    }

    /// <summary>Ends the faults; the process goes on.</summary>
    public static async Task EndAsync(Process tracer)
    {
        using (tracer)
        {
            if (!tracer.HasExited)
                PosixSignal.Terminate(tracer);
            await tracer.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }
    }
}

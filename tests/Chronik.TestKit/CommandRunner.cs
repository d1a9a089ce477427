using System.Diagnostics;
using System.Text;

namespace Chronik.TestKit;

/// <summary>Runs other programs to their end, with a bound.</summary>
public static class CommandRunner
{
    /// <summary>The bound where a test gives none.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Runs a program; throws, with what it printed so far, where it does not end within the bound.</summary>
    /// <param name="program">A path, or a name found on PATH.</param>
    /// <param name="arguments">The arguments, unquoted.</param>
    /// <param name="input">What it reads on standard input, which is closed behind it.</param>
    /// <param name="timeout">The bound.</param>
    /// <param name="folder">The working folder.</param>
    /// <param name="environment">Variables on top of this process's own; a null value takes one away.</param>
    public static async Task<CommandResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? input = null,
        TimeSpan? timeout = null,
        string? folder = null,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = StartInfo(program, arguments, folder, environment);
        var command = $"{program} {string.Join(' ', start.ArgumentList)}";
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start.");
        var output = new StringBuilder();
        var error = new StringBuilder();
        var reading = Task.WhenAll(ReadAsync(process.StandardOutput, output), ReadAsync(process.StandardError, error));
        var writing = WriteAsync(process.StandardInput, input);
        using var bound = new CancellationTokenSource(timeout ?? DefaultTimeout);
        try
        {
            await process.WaitForExitAsync(bound.Token);
            await reading.WaitAsync(bound.Token);
            await writing;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"{command}\ndid not end within {timeout ?? DefaultTimeout}\n--- output\n{CommandResult.Tail(Text(output))}\n--- error\n{CommandResult.Tail(Text(error))}");
        }

        return new CommandResult(command, process.ExitCode, Text(output), Text(error), clock.Elapsed);
    }

    internal static ProcessStartInfo StartInfo(
        string program,
        IEnumerable<string> arguments,
        string? folder = null,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
            StandardErrorEncoding = utf8,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        return start;
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder into)
    {
        var buffer = new char[8192];
        int read;
        while ((read = await reader.ReadAsync(buffer)) > 0)
        {
            lock (into)
                into.Append(buffer, 0, read);
        }
    }

    private static async Task WriteAsync(StreamWriter writer, string? input)
    {
        try
        {
            await using (writer)
                await writer.WriteAsync(input ?? "");
        }
        catch (IOException)
        {
            // The program ended without reading everything: its exit code says whether that was right.
        }
    }

    private static string Text(StringBuilder builder)
    {
        lock (builder)
            return builder.ToString();
    }
}

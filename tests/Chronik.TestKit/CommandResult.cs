namespace Chronik.TestKit;

/// <summary>What a command printed and how it ended.</summary>
/// <param name="Command">The command line, for messages.</param>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record CommandResult(string Command, int ExitCode, string Output, string Error, TimeSpan Elapsed)
{
    private const int TailMax = 4_000;

    /// <summary>The lines of standard output without empty ones.</summary>
    public IReadOnlyList<string> Lines =>
        Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Returns itself; throws with everything it printed where the exit code is not 0.</summary>
    public CommandResult Succeeded() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"{Command}\nended with {ExitCode}\n--- output\n{Tail(Output)}\n--- error\n{Tail(Error)}");

    /// <summary>The end of a long text, for messages.</summary>
    internal static string Tail(string text) => text.Length <= TailMax ? text : "…" + text[^TailMax..];
}

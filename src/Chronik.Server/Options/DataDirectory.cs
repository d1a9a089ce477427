namespace Chronik.Server.Options;

/// <summary>Where the data lies when nobody said.</summary>
internal static class DataDirectory
{
    /// <summary>
    /// The place that the system has for what programs remember: <c>$XDG_STATE_HOME/chronik</c>, else
    /// <c>~/.local/state/chronik</c>; on macOS <c>~/Library/Application Support/chronik</c>, on Windows
    /// <c>%LOCALAPPDATA%\chronik</c>. It does not depend on the current folder, so that a server started from another
    /// folder finds its topics again. Without a home <c>./chronik-data</c>.
    /// </summary>
    public static string Default(IReadOnlyDictionary<string, string> environment)
    {
        var (root, below) = Root(environment);
        return root is { Length: > 0 } ? Path.Combine([root, .. below, "chronik"]) : Path.GetFullPath("chronik-data");
    }

    private static (string? Root, string[] Below) Root(IReadOnlyDictionary<string, string> environment)
    {
        if (OperatingSystem.IsWindows())
            return (environment.GetValueOrDefault("LOCALAPPDATA"), []);
        if (environment.GetValueOrDefault("XDG_STATE_HOME") is { Length: > 0 } state)
            return (state, []);
        return (environment.GetValueOrDefault("HOME"), OperatingSystem.IsMacOS() ? ["Library", "Application Support"] : [".local", "state"]);
    }
}

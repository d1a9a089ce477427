using Chronik.TestKit;

namespace Chronik.Campaigns.PowerCuts;

/// <summary>Short calls of the system's tools.</summary>
internal static class Shell
{
    private static readonly string[] s_folders = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"];

    /// <summary>Runs a tool to its end; returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It ended with an error.</exception>
    public static async Task<string> RunAsync(string tool, params string[] arguments) =>
        (await CommandRunner.RunAsync(Find(tool) ?? tool, arguments)).Succeeded().Output.Trim();

    /// <summary>Where a tool is; null where it is not. System folders are looked into also where PATH lacks them.</summary>
    public static string? Find(string tool) => s_folders.Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);
}

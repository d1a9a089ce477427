using Chronik.Server.Options;

namespace Chronik.Server.Tests.Options;

/// <summary>Writes the three sources of settings on one line each, entries separated by bars.</summary>
internal static class Sources
{
    public static EffectiveSettings Load(string file, string environment, string options)
    {
        var commandLine = new CommandLineSettings();
        foreach (var option in Split(options))
        {
            var (name, value) = Pair(option, ' ');
            commandLine = name switch
            {
                "--set" => commandLine with { Set = [.. commandLine.Set, value] },
                "--listen" => commandLine with { Listen = [.. commandLine.Listen, value] },
                "--data-dir" => commandLine with { DataDirectory = value },
                "--advertise" => commandLine with { Advertise = value },
                "--insecure" => commandLine with { Insecure = true },
                _ => throw new ArgumentException(option),
            };
        }

        return SettingsLoader.Load(
            commandLine,
            Environment(environment),
            path => path == SettingsLoader.DefaultFile && file.Length > 0 ? file.Replace('|', '\n') : null);
    }

    public static Dictionary<string, string> Environment(string environment) =>
        Split(environment).Select(variable => Pair(variable, '=')).ToDictionary(pair => pair.Name, pair => pair.Value);

    private static string[] Split(string text) => text.Split('|', StringSplitOptions.RemoveEmptyEntries);

    private static (string Name, string Value) Pair(string text, char separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }
}

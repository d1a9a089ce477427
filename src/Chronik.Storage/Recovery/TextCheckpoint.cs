using System.Globalization;

namespace Chronik.Storage.Recovery;

/// <summary>Kafka's checkpoint files: a version, a count, and as many lines of words.</summary>
internal static class TextCheckpoint
{
    private const string Version = "0";

    public static string Format(IReadOnlyCollection<string> lines) =>
        $"{Version}\n{lines.Count.ToString(CultureInfo.InvariantCulture)}\n{string.Concat(lines.Select(static line => line + "\n"))}";

    /// <summary>The words of each line; null where the text is not a whole checkpoint.</summary>
    public static List<string[]>? Parse(string? text)
    {
        if (text is null)
            return null;
        var lines = text.Split('\n', StringSplitOptions.TrimEntries);
        if (lines.Length < 2 || lines[0] != Version || !int.TryParse(lines[1], CultureInfo.InvariantCulture, out var count)
            || count < 0 || lines.Length < 2 + count)
            return null;
        return [.. lines.Skip(2).Take(count).Select(static line => line.Split(' '))];
    }
}

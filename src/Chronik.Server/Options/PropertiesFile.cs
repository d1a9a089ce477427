using System.Globalization;
using System.Text;

namespace Chronik.Server.Options;

/// <summary>Reads Java's properties format, in which Kafka's server.properties is written.</summary>
internal static class PropertiesFile
{
    /// <summary>A setting as it stands in the file.</summary>
    internal readonly record struct Entry(string Name, string Value, int Line);

    /// <summary>Reads all settings, in the order of the file.</summary>
    public static List<Entry> Read(string text)
    {
        var entries = new List<Entry>();
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r');
        for (var i = 0; i < lines.Length; i++)
        {
            var first = i + 1;
            var line = lines[i].TrimStart();
            if (line.Length == 0 || line[0] is '#' or '!')
                continue;
            while (ContinuesOnNextLine(line) && i + 1 < lines.Length)
                line = line[..^1] + lines[++i].TrimStart();
            entries.Add(Split(line, first));
        }

        return entries;
    }

    private static bool ContinuesOnNextLine(string line)
    {
        var slashes = line.Length - line.TrimEnd('\\').Length;
        return slashes % 2 == 1;
    }

    private static Entry Split(string line, int number)
    {
        var end = 0;
        while (end < line.Length && line[end] is not ('=' or ':' or ' ' or '\t'))
            end += line[end] == '\\' ? 2 : 1;
        end = Math.Min(end, line.Length);
        var rest = line[end..].TrimStart();
        if (rest.Length > 0 && rest[0] is '=' or ':')
            rest = rest[1..].TrimStart();
        return new Entry(Unescape(line[..end]), Unescape(rest), number);
    }

    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                plain.Append(text[i]);
                continue;
            }

            i++;
            if (text[i] == 'u' && i + 4 < text.Length
                && ushort.TryParse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                plain.Append((char)unit);
                i += 4;
                continue;
            }

            plain.Append(text[i] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', var other => other });
        }

        return plain.ToString();
    }
}

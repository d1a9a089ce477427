using System.Globalization;
using System.Text;
using Chronik.Protocol;
using Chronik.Storage.IO;

namespace Chronik.Storage.Recovery;

/// <summary>
/// Kafka's <c>recovery-point-offset-checkpoint</c>, <c>log-start-offset-checkpoint</c>, <c>cleaner-offset-checkpoint</c>: an offset for each
/// partition. Each line is sealed (<see cref="SealedLine"/>), for a wrong number would be believed otherwise. See docs/formats/checkpoints.md.
/// </summary>
internal sealed class OffsetCheckpoint(IFileSystem files, string path)
{
    public const string RecoveryPointFile = "recovery-point-offset-checkpoint";
    public const string CleanerFile = "cleaner-offset-checkpoint";
    public const string LogStartFile = "log-start-offset-checkpoint";

    private const string Version = "0";
    private const int HeadLines = 2;
    private const int QuotedMax = 60;
    private readonly string _name = path[(path.LastIndexOf('/') + 1)..];

    public void Write(IEnumerable<KeyValuePair<TopicPartition, long>> offsets)
    {
        var lines = offsets
            .Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key.Topic} {pair.Key.Partition} {pair.Value}"))
            .Order(StringComparer.Ordinal).Select(line => SealedLine.Format(_name, line)).ToList();
        AtomicFile.WriteText(files, path, TextCheckpoint.Format(lines));
    }

    /// <summary>What it says, as far as it can be believed: each sealed line by itself; one of Kafka's, without seals, whole or not at all.</summary>
    public CheckpointContent Read()
    {
        if (AtomicFile.Read(files, path) is not { } bytes)
            return new CheckpointContent([], Exists: false, [], IsComplete: false);
        var offsets = new Dictionary<TopicPartition, long>();
        var problems = new List<string>();
        var others = new List<byte[]>();
        var lines = LinesOf(bytes);
        var hasSeals = false;
        foreach (var line in lines.Skip(HeadLines))
        {
            hasSeals |= SealedLine.HasSeal(line);
            if (SealedLine.IsWhole(_name, line))
                Take(offsets, line);
            else
                others.Add(line);
        }

        // A number that was cut short is a number, too: only the end of the last line says that all is there.
        var isHeadRight = IsHeadRight(lines) && bytes[^1] == '\n';
        var lost = !isHeadRight && !hasSeals;
        if (!isHeadRight)
            problems.Add("its version, its count of lines or its end is wrong");
        foreach (var line in others)
        {
            if (isHeadRight && !hasSeals && Take(offsets, line))
                continue;
            if (SealedLine.TryMend(_name, line) && Take(offsets, line))
            {
                problems.Add($"one bit was wrong in the line '{Quote(line)}'");
                continue;
            }

            problems.Add($"the line '{Quote(line)}' is not as it was written");
            lost = true;
        }

        // A line that is missing is none of those that are there.
        return new CheckpointContent(offsets, Exists: true, problems, !lost && (isHeadRight || HasAsManyAsItSays(lines, offsets.Count)));
    }

    private static List<byte[]> LinesOf(ReadOnlySpan<byte> bytes)
    {
        var lines = new List<byte[]>();
        while (bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            lines.Add(bytes[..(end < 0 ? bytes.Length : end)].TrimEnd((byte)'\r').ToArray());
            bytes = end < 0 ? [] : bytes[(end + 1)..];
        }

        return lines;
    }

    private static bool IsHeadRight(List<byte[]> lines) =>
        lines.Count >= HeadLines && lines[0].AsSpan().SequenceEqual(Encoding.ASCII.GetBytes(Version)) && HasAsManyAsItSays(lines, lines.Count - HeadLines);

    private static bool HasAsManyAsItSays(List<byte[]> lines, int count) =>
        lines.Count >= HeadLines && int.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var said) && said == count;

    // Of two lines of a partition the lower offset hides nothing.
    private static bool Take(Dictionary<TopicPartition, long> offsets, ReadOnlySpan<byte> line)
    {
        if (SealedLine.WordsOf(line) is not [var topic, var partition, var text]
            || !int.TryParse(partition, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            return false;
        var key = new TopicPartition(topic, index);
        offsets[key] = Math.Min(offset, offsets.GetValueOrDefault(key, long.MaxValue));
        return true;
    }

    private static string Quote(ReadOnlySpan<byte> line)
    {
        var text = Encoding.ASCII.GetString(line.TrimEnd(" \t"u8)[..Math.Min(QuotedMax, line.TrimEnd(" \t"u8).Length)]);
        return string.Concat(text.Select(static character => char.IsControl(character) ? '?' : character));
    }
}

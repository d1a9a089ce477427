using System.Globalization;
using Chronik.Protocol;
using Chronik.Storage.IO;

namespace Chronik.Storage.Recovery;

/// <summary>Kafka's <c>recovery-point-offset-checkpoint</c>, <c>log-start-offset-checkpoint</c>, <c>cleaner-offset-checkpoint</c>: an offset for each partition.</summary>
internal sealed class OffsetCheckpoint(IFileSystem files, string path)
{
    public const string RecoveryPointFile = "recovery-point-offset-checkpoint";
    public const string CleanerFile = "cleaner-offset-checkpoint";
    public const string LogStartFile = "log-start-offset-checkpoint";

    public void Write(IEnumerable<KeyValuePair<TopicPartition, long>> offsets)
    {
        var lines = offsets
            .Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key.Topic} {pair.Key.Partition} {pair.Value}"))
            .Order(StringComparer.Ordinal).ToList();
        AtomicFile.WriteText(files, path, TextCheckpoint.Format(lines));
    }

    /// <summary>Empty where there is none or it is damaged: then recovery looks at everything.</summary>
    public Dictionary<TopicPartition, long> Read()
    {
        var offsets = new Dictionary<TopicPartition, long>();
        foreach (var words in TextCheckpoint.Parse(AtomicFile.ReadText(files, path)) ?? [])
        {
            if (words is [var topic, var partition, var offset]
                && int.TryParse(partition, CultureInfo.InvariantCulture, out var index)
                && long.TryParse(offset, CultureInfo.InvariantCulture, out var value))
                offsets[new TopicPartition(topic, index)] = value;
        }

        return offsets;
    }
}

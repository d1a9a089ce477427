using System.Text;
using Chronik.Protocol;
using Chronik.Storage.IO;

namespace Chronik.Storage.Recovery;

/// <summary>Kafka's <c>partition.metadata</c>: which topic a folder belongs to (KIP-516).</summary>
internal static class PartitionMetadata
{
    public const string FileName = "partition.metadata";
    private const string IdKey = "topic_id: ";

    public static byte[] Format(TopicId topicId) => Encoding.UTF8.GetBytes($"version: 0\n{IdKey}{topicId}\n");

    /// <summary>The topic's id; none where the file is missing, as in folders of old Kafka versions.</summary>
    public static TopicId Read(IFileSystem files, string directory)
    {
        var line = AtomicFile.ReadText(files, $"{directory}/{FileName}")?.Split('\n')
            .FirstOrDefault(static line => line.StartsWith(IdKey, StringComparison.Ordinal));
        return line is not null && TopicId.TryParse(line.AsSpan(IdKey.Length).Trim(), out var id) ? id : TopicId.None;
    }
}

using System.Text;
using Chronik.Protocol;
using Chronik.Storage.IO;

namespace Chronik.Storage.Recovery;

/// <summary>Kafka's <c>partition.metadata</c>: which topic a folder belongs to (KIP-516).</summary>
internal static class PartitionMetadata
{
    public const string FileName = "partition.metadata";
    private const string VersionLine = "version: 0";
    private const string IdKey = "topic_id: ";

    public static byte[] Format(TopicId topicId) => Encoding.UTF8.GetBytes($"{VersionLine}\n{IdKey}{topicId}\n");

    /// <summary>The topic's id; none where the file is missing, as in folders of old Kafka versions.</summary>
    public static TopicId Read(IFileSystem files, string directory) => Read(files, directory, out _);

    /// <summary>The same, and whether the file, if there is one, is as Kafka and Chronik write it.</summary>
    public static TopicId Read(IFileSystem files, string directory, out bool isWhole)
    {
        var text = AtomicFile.ReadText(files, $"{directory}/{FileName}");
        var line = text?.Split('\n').FirstOrDefault(static line => line.StartsWith(IdKey, StringComparison.Ordinal));
        var id = line is not null && TopicId.TryParse(line.AsSpan(IdKey.Length).Trim(), out var read) ? read : TopicId.None;
        isWhole = text is null || text.ReplaceLineEndings("\n").TrimEnd() == $"{VersionLine}\n{IdKey}{id}";
        return id;
    }

    /// <summary>Makes durable what a process wrote that was killed before its first commit: without it nobody knows whose records these are.</summary>
    public static void Sync(IFileSystem files, string directory, bool isFileSystemSynced)
    {
        var path = $"{directory}/{FileName}";
        if (AtomicFile.Read(files, path) is not { Length: > 0 } content)
            return;
        try
        {
            using var file = files.Open(path, FileOpenKind.ReadWrite);
            if (isFileSystemSynced)
                file.CheckWrittenBack();
            else
                file.Sync();
        }
        catch (IOException)
        {
            // It may be the error of another process, told late: then the disk does not have it.
            AtomicFile.Write(files, path, content);
        }
    }
}

using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Producers;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Recovery;

/// <summary>Makes the folder of a new partition; the log's first commit makes the names durable.</summary>
internal static class NewLog
{
    /// <summary>About what a new log takes on a disk: a folder and its small files.</summary>
    public const int Bytes = 16 * 1024;

    public static LoadedLog Create(IFileSystem files, string directory, TopicPartition partition, TopicId topicId, LogConfig config, long nowMs)
    {
        try
        {
            return CreateFiles(files, directory, partition, topicId, config, nowMs);
        }
        catch (IOException)
        {
            Withdraw(files, directory);
            throw;
        }
    }

    private static void Withdraw(IFileSystem files, string directory)
    {
        try
        {
            files.DeleteDirectory(directory);
        }
        catch (IOException)
        {
            // The first failure is the one to tell. An empty folder is taken for a log without records by the next start.
        }
    }

    private static LoadedLog CreateFiles(
        IFileSystem files, string directory, TopicPartition partition, TopicId topicId, LogConfig config, long nowMs)
    {
        files.CreateDirectory(directory);
        var epochs = LeaderEpochs.Create(files, directory);
        return new LoadedLog
        {
            TopicPartition = partition,
            TopicId = topicId,
            Directory = directory,
            Config = config,
            Segments = [Segment.Create(files, directory, baseOffset: 0, config, nowMs)],
            Epochs = epochs,
            Producers = new ProducerStates(),
            StartOffset = 0,
            EndOffset = 0,
            RecoveryPoint = 0,
            NewFiles =
            [
                WriteUnsynced(files, $"{directory}/{PartitionMetadata.FileName}", PartitionMetadata.Format(topicId)),
                WriteUnsynced(files, $"{directory}/{LeaderEpochs.FileName}", epochs.Format()),
            ],
        };
    }

    // Nothing is there that a torn write could harm, and one commit makes many new logs durable together.
    private static IFile WriteUnsynced(IFileSystem files, string path, byte[] content)
    {
        var file = files.Open(path, FileOpenKind.CreateOrTruncate);
        file.Write(content, 0);
        return file;
    }
}

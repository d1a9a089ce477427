using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Recovery;

namespace Chronik.Storage.Importing;

/// <summary>
/// Logs that wait in a folder of their own, next to those that are served, until all of them are whole. One rename makes
/// them count; from then on they are moved to the others, however often that is interrupted.
/// </summary>
public static class StagedLogs
{
    /// <summary>The folder, in the data folder, while it is filled: what a crash leaves of it is deleted by the next attempt.</summary>
    public const string UnfinishedFolder = "chronik-import.unfinished";

    /// <summary>The folder once all in it is whole and durable.</summary>
    public const string Folder = "chronik-import";

    /// <summary>Splits the name of a partition's folder, such as <c>orders-0</c>.</summary>
    public static bool TryParseFolder(string name, out TopicPartition partition) => LogFolder.TryParse(name, out partition);

    /// <summary>Writes what sources know of these partitions: where they start, and from where they need recovery.</summary>
    /// <param name="files">The files.</param>
    /// <param name="stage">The folder that is filled.</param>
    /// <param name="sources">Data folders, with the partitions that come from each.</param>
    /// <param name="isClean">All sources were stopped cleanly: nothing needs recovery.</param>
    public static void SaveCheckpoints(
        IFileSystem files, string stage, IEnumerable<KeyValuePair<string, IReadOnlyCollection<TopicPartition>>> sources, bool isClean)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var taken = sources.ToList();
        foreach (var name in (string[])[OffsetCheckpoint.LogStartFile, OffsetCheckpoint.RecoveryPointFile])
        {
            new OffsetCheckpoint(files, $"{stage}/{name}").Write(taken.SelectMany(source =>
            {
                var known = new OffsetCheckpoint(files, $"{source.Key}/{name}").Read().Offsets;
                return source.Value.Where(known.ContainsKey).Select(partition => KeyValuePair.Create(partition, known[partition]));
            }));
        }

        if (isClean)
            CleanShutdownMarker.Write(files, stage);
    }

    /// <summary>Whether the logs of a folder were closed with everything durable, their starts included.</summary>
    public static bool WereClosedCleanly(IFileSystem files, string stage) => CleanShutdownMarker.Exists(files, stage);

    /// <summary>All in the unfinished folder is durable: from now on it counts, and a start moves it in.</summary>
    public static void Finish(IFileSystem files, string dataDirectory)
    {
        ArgumentNullException.ThrowIfNull(files);
        files.SyncDirectory($"{dataDirectory}/{UnfinishedFolder}");
        files.Rename($"{dataDirectory}/{UnfinishedFolder}", $"{dataDirectory}/{Folder}");
        files.SyncDirectory(dataDirectory);
    }

    /// <summary>Moves finished logs to those that are served, if there are any; durable when it returns. The caller holds the data folder.</summary>
    public static void MoveIn(IFileSystem files, string dataDirectory)
    {
        ArgumentNullException.ThrowIfNull(files);
        var stage = $"{dataDirectory}/{Folder}";
        if (!files.DirectoryExists(stage))
            return;
        var staged = new OffsetCheckpoint(files, $"{stage}/{OffsetCheckpoint.RecoveryPointFile}").Read().Offsets.Keys;
        foreach (var name in (string[])[OffsetCheckpoint.LogStartFile, OffsetCheckpoint.RecoveryPointFile])
        {
            var checkpoint = new OffsetCheckpoint(files, $"{dataDirectory}/{name}");
            var offsets = checkpoint.Read().Offsets;

            // A deleted topic of the same name may have left its own.
            foreach (var partition in staged)
                offsets.Remove(partition);
            foreach (var (partition, offset) in new OffsetCheckpoint(files, $"{stage}/{name}").Read().Offsets)
                offsets[partition] = offset;
            checkpoint.Write(offsets);
        }

        foreach (var name in files.ListDirectories(stage))
        {
            if (TryParseFolder(name, out _) && !files.DirectoryExists($"{dataDirectory}/{name}"))
                files.Rename($"{stage}/{name}", $"{dataDirectory}/{name}");
        }

        files.SyncDirectory(dataDirectory);
        files.SyncDirectory(stage);
    }
}

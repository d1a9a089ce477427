using System.Text;
using Chronik.Protocol;
using Chronik.Storage.Importing;
using Chronik.Storage.IO;

namespace Chronik.Broker.Importing;

/// <summary>A data folder of Apache Kafka (one of log.dirs) whose broker is stopped; locked until it is disposed.</summary>
internal sealed class KafkaFolder : IDisposable
{
    internal const string MetadataTopic = "__cluster_metadata";
    internal const string OffsetsTopic = "__consumer_offsets";
    internal const string TransactionsTopic = "__transaction_state";
    private const string MetaProperties = "meta.properties";
    private const string LockFile = ".lock";
    private const string CleanMarker = ".kafka_cleanshutdown";
    private readonly IDisposable? _lock;

    private KafkaFolder(string directory, string clusterId, IDisposable? @lock)
    {
        Directory = directory;
        ClusterId = clusterId;
        _lock = @lock;
    }

    internal string Directory { get; }

    internal string ClusterId { get; }

    /// <summary>Kafka stopped in peace: nothing needs recovery.</summary>
    internal bool WasClosedCleanly { get; private init; }

    /// <summary>The partitions whose folders lie here, the brokers' own topics included.</summary>
    internal IReadOnlyCollection<TopicPartition> Partitions { get; private init; } = [];

    /// <summary>Whether Kafka, with KRaft, keeps its metadata in a folder.</summary>
    internal static bool HasMetadata(IFileSystem files, string directory) =>
        files.FileExists($"{directory}/{MetaProperties}") && files.DirectoryExists($"{directory}/{MetadataTopic}-0");

    /// <summary>Opens and locks a folder.</summary>
    /// <param name="files">The files.</param>
    /// <param name="directory">The folder.</param>
    /// <param name="isLocked">This process holds its lock already.</param>
    /// <exception cref="ImportException">It is no folder of Kafka, or Kafka is running on it.</exception>
    internal static KafkaFolder Open(IFileSystem files, string directory, bool isLocked = false)
    {
        if (!files.DirectoryExists(directory))
            throw new ImportException($"There is no folder {directory}: name one of the folders in log.dirs of Kafka's server.properties.");
        var meta = $"{directory}/{MetaProperties}";
        if (!files.FileExists(meta))
            throw new ImportException($"{directory} is no data folder of Kafka, it holds no {MetaProperties}: name one of the folders in log.dirs of Kafka's server.properties.");
        var properties = Properties(files, meta);
        if (properties.GetValueOrDefault("version") != "1")
            throw new ImportException($"{meta} is of version {properties.GetValueOrDefault("version", "0")}, from a Kafka with ZooKeeper: migrate to KRaft (Kafka 3.9), then import.");
        return new KafkaFolder(directory, properties.GetValueOrDefault("cluster.id", ""), isLocked ? null : Lock(files, directory))
        {
            WasClosedCleanly = files.FileExists($"{directory}/{CleanMarker}"),
            Partitions = [.. PartitionsIn(files, directory)],
        };
    }

    internal string PathOf(TopicPartition partition) => $"{Directory}/{partition}";

    /// <inheritdoc/>
    public void Dispose() => _lock?.Dispose();

    private static IEnumerable<TopicPartition> PartitionsIn(IFileSystem files, string directory)
    {
        foreach (var name in files.ListDirectories(directory))
        {
            if (StagedLogs.TryParseFolder(name, out var partition))
                yield return partition;
        }
    }

    // A folder that may only be read cannot be locked; nobody writes to it then either.
    private static IDisposable? Lock(IFileSystem files, string directory)
    {
        var path = $"{directory}/{LockFile}";
        if (!files.FileExists(path))
            return null;
        try
        {
            return files.TryLock(path) ?? throw new ImportException($"Kafka is running on {directory}: stop it, then import.");
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Properties(IFileSystem files, string path)
    {
        using var file = files.Open(path, FileOpenKind.Read);
        var bytes = new byte[file.Length];
        var text = Encoding.UTF8.GetString(bytes, 0, file.Read(bytes, 0));
        return text.Split('\n', StringSplitOptions.TrimEntries)
            .Where(static line => !line.StartsWith('#') && line.Contains('=', StringComparison.Ordinal))
            .GroupBy(static line => line[..line.IndexOf('=', StringComparison.Ordinal)], StringComparer.Ordinal)
            .ToDictionary(static lines => lines.Key, static lines => lines.Last()[(lines.Key.Length + 1)..], StringComparer.Ordinal);
    }
}

using Chronik.Protocol;
using Chronik.Storage.IO;

namespace Chronik.Broker.Importing;

/// <summary>The data folders of one stopped cluster of Kafka, together; locked until it is disposed.</summary>
internal sealed class ImportSources : IDisposable
{
    private readonly Dictionary<TopicPartition, KafkaFolder> _partitions = [];

    private ImportSources(IReadOnlyList<KafkaFolder> folders) => Folders = folders;

    internal IReadOnlyList<KafkaFolder> Folders { get; }

    internal bool WereClosedCleanly => Folders.All(static folder => folder.WasClosedCleanly);

    /// <summary>Opens and locks the folders.</summary>
    /// <param name="files">The files.</param>
    /// <param name="directories">The folders.</param>
    /// <param name="areLocked">This process holds their locks already.</param>
    /// <exception cref="ImportException">One cannot be taken, or they do not belong together.</exception>
    internal static ImportSources Open(IFileSystem files, IReadOnlyList<string> directories, bool areLocked = false)
    {
        var folders = new List<KafkaFolder>();
        try
        {
            foreach (var directory in directories.Distinct(StringComparer.Ordinal))
                folders.Add(KafkaFolder.Open(files, directory, areLocked));
            var sources = new ImportSources(folders);
            sources.Join();
            return sources;
        }
        catch
        {
            folders.ForEach(static folder => folder.Dispose());
            throw;
        }
    }

    /// <summary>Where a partition lies, or null.</summary>
    internal string? Find(TopicPartition partition) => FolderOf(partition)?.PathOf(partition);

    internal KafkaFolder? FolderOf(TopicPartition partition) => _partitions.GetValueOrDefault(partition);

    /// <summary>Where the partitions of one of Kafka's own topics lie, in their order.</summary>
    internal IEnumerable<string> PathsOf(string topic) =>
        _partitions.Keys.Where(partition => partition.Topic == topic).OrderBy(static partition => partition.Partition).Select(partition => Find(partition)!);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var folder in Folders)
            folder.Dispose();
    }

    private void Join()
    {
        if (Folders.FirstOrDefault(folder => folder.ClusterId != Folders[0].ClusterId) is { } stranger)
            throw new ImportException($"{stranger.Directory} is of cluster {stranger.ClusterId}, {Folders[0].Directory} of {Folders[0].ClusterId}: import one cluster after the other.");
        foreach (var folder in Folders)
        {
            foreach (var partition in folder.Partitions)
            {
                // Every broker has the metadata; one copy is enough.
                if (!_partitions.TryAdd(partition, folder) && partition.Topic != KafkaFolder.MetadataTopic)
                    throw new ImportException($"{partition} lies in {_partitions[partition].Directory} and in {folder.Directory}: name the folders of one replica of each partition only.");
            }
        }

        if (Find(new TopicPartition(KafkaFolder.MetadataTopic, 0)) is null)
            throw new ImportException($"There is no {KafkaFolder.MetadataTopic}-0 in {Folders[0].Directory}: name the folder of Kafka's metadata.log.dir as well.");
    }
}

using Chronik.Storage.IO;

namespace Chronik.Campaigns.Corruption;

/// <summary>All files of a store, and what was acknowledged in it.</summary>
internal sealed record StoreImage(ImageEnding Ending, IReadOnlyDictionary<string, byte[]> Files, IReadOnlyList<ImagePartition> Partitions)
{
    public const string DataDirectory = "/data";

    /// <summary>The files as a machine would find them.</summary>
    public InMemoryFileSystem Restore(IReadOnlyDictionary<string, byte[]> files)
    {
        var memory = new InMemoryFileSystem();
        foreach (var partition in Partitions)
            memory.CreateDirectory($"{DataDirectory}/{partition.Partition}");
        foreach (var (path, bytes) in files)
        {
            using var file = memory.Open(path, FileOpenKind.CreateOrTruncate);
            file.Write(bytes, 0);
        }

        using (var all = memory.OpenSync(DataDirectory))
            all.Sync();
        if (Ending == ImageEnding.Cut)
            memory.Crash();
        return memory;
    }
}

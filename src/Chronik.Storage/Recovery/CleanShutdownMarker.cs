using Chronik.Storage.IO;

namespace Chronik.Storage.Recovery;

/// <summary>Kafka's marker of a clean stop: there while nobody writes, so that a start need not look at the logs.</summary>
internal static class CleanShutdownMarker
{
    private const string FileName = ".kafka_cleanshutdown";
    private const string Content = "{\"version\":0,\"brokerEpoch\":-1}";

    public static void Write(IFileSystem files, string directory) => AtomicFile.WriteText(files, $"{directory}/{FileName}", Content);

    public static bool Exists(IFileSystem files, string directory) => files.FileExists($"{directory}/{FileName}");

    /// <summary>Whether it was there; it is gone, durably, before anything is written.</summary>
    public static bool Take(IFileSystem files, string directory)
    {
        var path = $"{directory}/{FileName}";
        if (!files.FileExists(path))
            return false;
        files.Delete(path);
        files.SyncDirectory(directory);
        return true;
    }
}

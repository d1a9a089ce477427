namespace Chronik.Storage.IO;

/// <summary>Makes everything that was written to one file system durable, with one call (syncfs).</summary>
public interface IFileSystemSync : IDisposable
{
    /// <summary>True if the files of a folder are on this file system (a link or a mount may lead to another).</summary>
    bool Covers(string directory) => true;

    /// <summary>Fails if anything on this file system could not be written since the last call.</summary>
    void Sync();
}

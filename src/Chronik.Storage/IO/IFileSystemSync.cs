namespace Chronik.Storage.IO;

/// <summary>Makes everything that was written to one file system durable, with one call (syncfs).</summary>
public interface IFileSystemSync : IDisposable
{
    /// <summary>Fails if anything on this file system could not be written since the last call.</summary>
    void Sync();
}

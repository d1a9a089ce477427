using Microsoft.Win32.SafeHandles;

namespace Chronik.Storage.IO;

/// <summary>An open file, read and written by position. Reads may run beside each other and beside one writer.</summary>
/// <remarks>Errors of the system are <see cref="IOException"/>s, with the errno as <see cref="Exception.HResult"/> on Unix.</remarks>
public interface IFile : IDisposable
{
    /// <summary>Where it was opened; a rename does not change it.</summary>
    string Path { get; }

    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>The system's handle, for sendfile; null where the file is not a real one.</summary>
    SafeFileHandle? Handle { get; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="position"/>; returns fewer bytes only at the end of the file.</summary>
    int Read(Span<byte> destination, long position);

    /// <summary>Writes all of <paramref name="source"/> at <paramref name="position"/>; not durable before <see cref="Sync"/>.</summary>
    void Write(ReadOnlySpan<byte> source, long position);

    /// <summary>Cuts or extends (with zeros) the file.</summary>
    void SetLength(long length);

    /// <summary>
    /// Makes content and length durable. After a failure what was written since the last success may be lost, although
    /// reads still show it and a second call succeeds: see <see cref="DropCache"/>.
    /// </summary>
    void Sync();

    /// <summary>
    /// Fails where writing back what an earlier process wrote failed and nobody was told. For who has synced the whole file system
    /// with success, which tells only those that had it open: it makes nothing durable by itself where that can be spared.
    /// </summary>
    void CheckWrittenBack() => Sync();

    /// <summary>Forgets what the system keeps in memory of this file and is not waiting to be written, so that reads show the disk.</summary>
    void DropCache();

    /// <summary>Keeps it open until <see cref="Unpin"/>; whose <see cref="Handle"/> may be used meanwhile.</summary>
    IFile Pin() => this;

    /// <summary>Ends what <see cref="Pin"/> began.</summary>
    void Unpin()
    {
    }

    /// <summary>Gives it another name, under which it is opened again if it was closed meanwhile.</summary>
    void Rename(IFileSystem files, string path) => files.Rename(Path, path);
}

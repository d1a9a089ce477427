using Microsoft.Win32.SafeHandles;

namespace Chronik.Storage.IO;

/// <summary>A file system whose operations fail when a test says so.</summary>
/// <param name="inner">The one that does the work.</param>
/// <param name="fault">
/// Asked before each operation with the path that it is about; what it returns is thrown instead (see <see cref="Error"/>).
/// Called from any thread.
/// </param>
public sealed class FaultyFileSystem(IFileSystem inner, Func<FileOperation, string, IOException?> fault) : IFileSystem
{
    /// <summary>Input/output error.</summary>
    public const int Eio = 5;

    /// <summary>No space left on device.</summary>
    public const int Enospc = 28;

    /// <summary>Whether a sync of the whole file system reaches a folder.</summary>
    public Func<string, bool> Covers { get; init; } = static _ => true;

    /// <summary>A failure as the system would report it.</summary>
    public static IOException Error(int errno) => new($"Injected failure (error {errno})", errno);

    /// <inheritdoc/>
    public IFile Open(string path, FileOpenKind kind)
    {
        Ask(FileOperation.Open, path);
        return new FaultyFile(this, inner.Open(path, kind));
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        Ask(FileOperation.Delete, path);
        inner.Delete(path);
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        Ask(FileOperation.Rename, from);
        inner.Rename(from, to);
    }

    /// <inheritdoc/>
    public bool FileExists(string path) => inner.FileExists(path);

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        Ask(FileOperation.Open, path);
        inner.CreateDirectory(path);
    }

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
        Ask(FileOperation.Delete, path);
        inner.DeleteDirectory(path);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string directory) => inner.ListFiles(directory);

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory) => inner.ListDirectories(directory);

    /// <inheritdoc/>
    public long AvailableBytes(string directory) => inner.AvailableBytes(directory);

    /// <inheritdoc/>
    public IDisposable? TryLock(string path) => inner.TryLock(path);

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        Ask(FileOperation.SyncDirectory, path);
        inner.SyncDirectory(path);
    }

    /// <inheritdoc/>
    public IFileSystemSync? OpenSync(string directory) =>
        inner.OpenSync(directory) is { } sync ? new FaultySync(this, sync, directory) : null;

    /// <inheritdoc/>
    public string? MachineRun(string directory) => inner.MachineRun(directory);

    private void Ask(FileOperation operation, string path)
    {
        if (fault(operation, path) is { } error)
            throw error;
    }

    private sealed class FaultySync(FaultyFileSystem owner, IFileSystemSync sync, string directory) : IFileSystemSync
    {
        public bool Covers(string folder) => owner.Covers(folder) && sync.Covers(folder);

        public void Sync()
        {
            owner.Ask(FileOperation.SyncFileSystem, directory);
            sync.Sync();
        }

        public void Dispose() => sync.Dispose();
    }

    private sealed class FaultyFile(FaultyFileSystem owner, IFile file) : IFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public SafeFileHandle? Handle => file.Handle;

        public int Read(Span<byte> destination, long position)
        {
            owner.Ask(FileOperation.Read, Path);
            return file.Read(destination, position);
        }

        public void Write(ReadOnlySpan<byte> source, long position)
        {
            owner.Ask(FileOperation.Write, Path);
            file.Write(source, position);
        }

        public void SetLength(long length)
        {
            owner.Ask(FileOperation.Write, Path);
            file.SetLength(length);
        }

        public void Sync()
        {
            try
            {
                owner.Ask(FileOperation.Sync, Path);
            }
            catch (IOException)
            {
                (file as InMemoryFile)?.LoseUnsynced();
                throw;
            }

            file.Sync();
        }

        public void DropCache() => file.DropCache();

        public void Dispose() => file.Dispose();
    }
}

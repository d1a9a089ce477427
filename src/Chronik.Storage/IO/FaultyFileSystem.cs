namespace Chronik.Storage.IO;

/// <summary>A file system whose operations fail when a test says so.</summary>
/// <param name="inner">The one that does the work.</param>
/// <param name="fault">
/// Asked before each operation with the path that it is about; what it returns is thrown instead (see <see cref="Error"/>).
/// Called from any thread.
/// </param>
public sealed class FaultyFileSystem(IFileSystem inner, Func<FileOperation, string, IOException?> fault) : ForwardingFileSystem(inner)
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
    public override IFile Open(string path, FileOpenKind kind)
    {
        Ask(FileOperation.Open, path);
        var file = new FaultyFile(this, Inner.Open(path, kind));
        if (kind != FileOpenKind.CreateOrTruncate)
            return file;
        try
        {
            Ask(FileOperation.Empty, path);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Delete(string path)
    {
        Ask(FileOperation.Delete, path);
        Inner.Delete(path);
    }

    /// <inheritdoc/>
    public override void Rename(string from, string to)
    {
        Ask(FileOperation.Rename, from);
        Inner.Rename(from, to);
    }

    /// <inheritdoc/>
    public override void CreateDirectory(string path)
    {
        Ask(FileOperation.Open, path);
        Inner.CreateDirectory(path);
    }

    /// <inheritdoc/>
    public override void DeleteDirectory(string path)
    {
        Ask(FileOperation.Delete, path);
        Inner.DeleteDirectory(path);
    }

    /// <inheritdoc/>
    public override void SyncDirectory(string path)
    {
        Ask(FileOperation.SyncDirectory, path);
        Inner.SyncDirectory(path);
    }

    /// <inheritdoc/>
    public override IFileSystemSync? OpenSync(string directory) =>
        Inner.OpenSync(directory) is { } sync ? new FaultySync(this, sync, directory) : null;

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

    private sealed class FaultyFile(FaultyFileSystem owner, IFile file) : ForwardingFile(file)
    {
        public override int Read(Span<byte> destination, long position)
        {
            owner.Ask(FileOperation.Read, Path);
            return base.Read(destination, position);
        }

        public override void Write(ReadOnlySpan<byte> source, long position)
        {
            owner.Ask(FileOperation.Write, Path);
            base.Write(source, position);
        }

        public override void SetLength(long length)
        {
            owner.Ask(FileOperation.Write, Path);
            base.SetLength(length);
        }

        public override void Sync()
        {
            try
            {
                owner.Ask(FileOperation.Sync, Path);
            }
            catch (IOException)
            {
                (Inner as InMemoryFile)?.LoseUnsynced();
                throw;
            }

            base.Sync();
        }
    }
}

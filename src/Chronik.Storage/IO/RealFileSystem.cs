using Microsoft.Win32.SafeHandles;

namespace Chronik.Storage.IO;

/// <summary>The files of the operating system.</summary>
public sealed class RealFileSystem : IFileSystem
{
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int SharingViolationWindows = unchecked((int)0x80070020);

    /// <inheritdoc/>
    public IFile Open(string path, FileOpenKind kind)
    {
        var mode = kind switch
        {
            FileOpenKind.OpenOrCreate => FileMode.OpenOrCreate,
            FileOpenKind.CreateOrTruncate => FileMode.Create,
            _ => FileMode.Open,
        };
        var access = kind == FileOpenKind.Read ? FileAccess.Read : FileAccess.ReadWrite;

        try
        {
            // Sharing everything, also deletion: segments are deleted while fetches still send them.
            return new RealFile(File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete), path);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone with its folder: that is what was asked for.
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        if (Directory.Exists(from))
            Directory.Move(from, to);
        else
            File.Move(from, to, overwrite: true);
    }

    /// <inheritdoc/>
    public bool FileExists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => Directory.Exists(path);

    /// <inheritdoc/>
    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string directory) => Names(Directory.EnumerateFiles(directory));

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory) => Names(Directory.EnumerateDirectories(directory));

    /// <inheritdoc/>
    public long AvailableBytes(string directory) => new DriveInfo(System.IO.Path.GetFullPath(directory)).AvailableFreeSpace;

    /// <inheritdoc/>
    public IDisposable? TryLock(string path)
    {
        try
        {
            // Sharing nothing is flock(LOCK_EX | LOCK_NB) on Unix: it ends with the process, whatever ends that.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            return WithLockForJava(file) is { } locked ? new SignedLock(locked) : null;
        }
        catch (IOException e) when (e.HResult is WouldBlockLinux or WouldBlockMac or SharingViolationWindows)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path) => DurableFile.SyncDirectory(path);

    /// <inheritdoc/>
    public IFileSystemSync? OpenSync(string directory) =>
        DurableFile.TrySyncableFileSystem(directory) is { } id ? new RealSync(DurableFile.OpenDirectory(directory), directory, id) : null;

    /// <inheritdoc/>
    public string? MachineRun(string directory) => IO.MachineRun.Of(directory);

    // Apache Kafka locks its data folder with fcntl, which does not see flock: both ways it must be told that the folder is in use.
    private static FileStream? WithLockForJava(FileStream file)
    {
        if (OperatingSystem.IsMacOS())
            return file;
        try
        {
            file.Lock(0, long.MaxValue);
            return file;
        }
        catch (IOException)
        {
            file.Dispose();
            return null;
        }
    }

    private static string[] Names(IEnumerable<string> paths)
    {
        var names = paths.Select(static path => System.IO.Path.GetFileName(path)).ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    private sealed class RealSync(SafeFileHandle directory, string path, long id) : IFileSystemSync
    {
        public bool Covers(string directory) => DurableFile.TrySyncableFileSystem(directory) == id;

        public void Sync() => DurableFile.SyncFileSystem(directory, path);

        public void Dispose() => directory.Dispose();
    }
}

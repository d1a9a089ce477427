using System.Runtime.InteropServices;
using Chronik.Storage.IO;
using Microsoft.Win32.SafeHandles;

namespace Chronik.Benchmarks.Commits;

/// <summary>The files of another, where each sync takes as long as it is told, and is counted.</summary>
internal sealed partial class SlowFileSystem(IFileSystem inner, TimeSpan syncTime) : IFileSystem
{
    private long _syncs;

    /// <summary>Syncs so far, of single files and of everything.</summary>
    public long Syncs => Interlocked.Read(ref _syncs);

    public IFile Open(string path, FileOpenKind kind) => new SlowFile(this, inner.Open(path, kind));

    public void Delete(string path) => inner.Delete(path);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public bool FileExists(string path) => inner.FileExists(path);

    public bool DirectoryExists(string path) => inner.DirectoryExists(path);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public void DeleteDirectory(string path) => inner.DeleteDirectory(path);

    public IReadOnlyList<string> ListFiles(string directory) => inner.ListFiles(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => inner.ListDirectories(directory);

    public long AvailableBytes(string directory) => inner.AvailableBytes(directory);

    public IDisposable? TryLock(string path) => inner.TryLock(path);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public IFileSystemSync? OpenSync(string directory) => new SlowSync(this);

    private void Sync()
    {
        Interlocked.Increment(ref _syncs);
        _ = usleep((uint)syncTime.TotalMicroseconds);
    }

    [LibraryImport("libc")]
    private static partial int usleep(uint microseconds);

    private sealed class SlowSync(SlowFileSystem owner) : IFileSystemSync
    {
        public void Sync() => owner.Sync();

        public void Dispose()
        {
        }
    }

    private sealed class SlowFile(SlowFileSystem owner, IFile file) : IFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public SafeFileHandle? Handle => file.Handle;

        public int Read(Span<byte> destination, long position) => file.Read(destination, position);

        public void Write(ReadOnlySpan<byte> source, long position) => file.Write(source, position);

        public void SetLength(long length) => file.SetLength(length);

        public void Sync() => owner.Sync();

        public void DropCache() => file.DropCache();

        public void Dispose() => file.Dispose();
    }
}

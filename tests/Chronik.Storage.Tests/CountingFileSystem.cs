using System.Collections.Concurrent;
using Chronik.Storage.IO;
using Microsoft.Win32.SafeHandles;

namespace Chronik.Storage.Tests;

/// <summary>Counts the files that are open, and refuses more than the system would give.</summary>
internal sealed class CountingFileSystem(IFileSystem? inner = null) : IFileSystem
{
    private const int Emfile = 24;
    private readonly IFileSystem _inner = inner ?? new InMemoryFileSystem();
    private readonly ConcurrentDictionary<string, int> _opens = new();
    private int _open;

    public int Open => Volatile.Read(ref _open);

    public int OpenMax { get; set; } = int.MaxValue;

    public int OpensOf(string path) => _opens.GetValueOrDefault(path);

    IFile IFileSystem.Open(string path, FileOpenKind kind)
    {
        if (Open >= OpenMax)
            throw FaultyFileSystem.Error(Emfile);
        var file = _inner.Open(path, kind);
        Interlocked.Increment(ref _open);
        _opens.AddOrUpdate(path, 1, static (_, count) => count + 1);
        return new CountedFile(this, file);
    }

    public void Delete(string path) => _inner.Delete(path);

    public void Rename(string from, string to) => _inner.Rename(from, to);

    public bool FileExists(string path) => _inner.FileExists(path);

    public bool DirectoryExists(string path) => _inner.DirectoryExists(path);

    public void CreateDirectory(string path) => _inner.CreateDirectory(path);

    public void DeleteDirectory(string path) => _inner.DeleteDirectory(path);

    public IReadOnlyList<string> ListFiles(string directory) => _inner.ListFiles(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => _inner.ListDirectories(directory);

    public long AvailableBytes(string directory) => _inner.AvailableBytes(directory);

    public IDisposable? TryLock(string path) => _inner.TryLock(path);

    public void SyncDirectory(string path) => _inner.SyncDirectory(path);

    public IFileSystemSync? OpenSync(string directory) => _inner.OpenSync(directory);

    public string? MachineRun(string directory) => _inner.MachineRun(directory);

    private sealed class CountedFile(CountingFileSystem owner, IFile file) : IFile
    {
        public string Path => file.Path;

        public long Length => file.Length;

        public SafeFileHandle? Handle => file.Handle;

        public int Read(Span<byte> destination, long position) => file.Read(destination, position);

        public void Write(ReadOnlySpan<byte> source, long position) => file.Write(source, position);

        public void SetLength(long length) => file.SetLength(length);

        public void Sync() => file.Sync();

        public void DropCache() => file.DropCache();

        public void Dispose()
        {
            Interlocked.Decrement(ref owner._open);
            file.Dispose();
        }
    }
}

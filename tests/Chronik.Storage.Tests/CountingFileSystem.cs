using System.Collections.Concurrent;
using Chronik.Storage.IO;

namespace Chronik.Storage.Tests;

/// <summary>Counts the files that are open, and refuses more than the system would give.</summary>
internal sealed class CountingFileSystem(IFileSystem? inner = null) : ForwardingFileSystem(inner ?? new InMemoryFileSystem())
{
    private const int Emfile = 24;
    private readonly ConcurrentDictionary<string, int> _opens = new();
    private int _open;

    public int OpenCount => Volatile.Read(ref _open);

    public int OpenMax { get; set; } = int.MaxValue;

    public int OpensOf(string path) => _opens.GetValueOrDefault(path);

    public override IFile Open(string path, FileOpenKind kind)
    {
        if (OpenCount >= OpenMax)
            throw FaultyFileSystem.Error(Emfile);
        var file = Inner.Open(path, kind);
        Interlocked.Increment(ref _open);
        _opens.AddOrUpdate(path, 1, static (_, count) => count + 1);
        return new CountedFile(this, file);
    }

    private sealed class CountedFile(CountingFileSystem owner, IFile file) : ForwardingFile(file)
    {
        protected override void Dispose(bool disposing)
        {
            Interlocked.Decrement(ref owner._open);
            base.Dispose(disposing);
        }
    }
}

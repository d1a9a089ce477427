using Microsoft.Win32.SafeHandles;

namespace Chronik.Storage.IO;

/// <summary>An open file in memory.</summary>
internal abstract class InMemoryFile : IFile
{
    public abstract string Path { get; }

    public abstract long Length { get; }

    public SafeFileHandle? Handle => null;

    protected bool IsDisposed { get; private set; }

    public abstract int Read(Span<byte> destination, long position);

    public abstract void Write(ReadOnlySpan<byte> source, long position);

    public abstract void SetLength(long length);

    public abstract void Sync();

    // Whoever lost something was told at once.
    public void CheckWrittenBack() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    public abstract void DropCache();

    public void Dispose() => IsDisposed = true;

    /// <summary>What a failed fsync does: what was not durable counts as written from now on, yet never reaches the disk.</summary>
    internal abstract void LoseUnsynced();
}

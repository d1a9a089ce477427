using Microsoft.Win32.SafeHandles;

namespace Chronik.Storage.IO;

/// <summary>An open file that hands everything to another, for those that change a part of what it does.</summary>
/// <param name="inner">The one that does the work; disposed with this one.</param>
public abstract class ForwardingFile(IFile inner) : IFile
{
    /// <inheritdoc/>
    public string Path => Inner.Path;

    /// <inheritdoc/>
    public virtual long Length => Inner.Length;

    /// <inheritdoc/>
    public SafeFileHandle? Handle => Inner.Handle;

    /// <summary>The one that does the work.</summary>
    protected IFile Inner { get; } = inner;

    /// <inheritdoc/>
    public virtual int Read(Span<byte> destination, long position) => Inner.Read(destination, position);

    /// <inheritdoc/>
    public virtual void Write(ReadOnlySpan<byte> source, long position) => Inner.Write(source, position);

    /// <inheritdoc/>
    public virtual void SetLength(long length) => Inner.SetLength(length);

    /// <inheritdoc/>
    public virtual void Sync() => Inner.Sync();

    /// <inheritdoc/>
    public virtual void CheckWrittenBack() => Inner.CheckWrittenBack();

    /// <inheritdoc/>
    public virtual void DropCache() => Inner.DropCache();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the file.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            Inner.Dispose();
    }
}

using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Chronik.Storage.IO;

/// <summary>
/// A file that <see cref="OpenFiles"/> may close while nobody uses it, and that opens itself again. It is never closed with
/// unsynced bytes: a descriptor that is opened later may not be told that writing them back failed.
/// </summary>
internal sealed class CachedFile(OpenFiles owner, string path, FileOpenKind kind) : IFile
{
    private const int Closed = -1;
    private volatile string _path = path;
    private IFile? _inner;

    // Who uses it now; Closed while there is no handle. From Closed, and to it, only under the owner's gate.
    private int _pins = Closed;
    private long _writes = kind is FileOpenKind.CreateOrTruncate or FileOpenKind.OpenOrCreate ? 1 : 0;
    private long _synced;
    private bool _wasUsed;
    private bool _isDisposed;

    public string Path => _path;

    public long Length
    {
        get
        {
            var inner = Pin();
            try
            {
                return inner.Length;
            }
            finally
            {
                Unpin();
            }
        }
    }

    /// <summary>None: whoever sends from it takes the handle of what <see cref="Pin"/> returns.</summary>
    public SafeFileHandle? Handle => null;

    /// <summary>Grows with each write; what was read before a sync began may be given to <see cref="MarkSynced"/> after it.</summary>
    public long Writes => Volatile.Read(ref _writes);

    /// <summary>There are bytes that no sync has covered.</summary>
    public bool IsDirty => Volatile.Read(ref _writes) != Volatile.Read(ref _synced);

    /// <summary>Its place in the owner's list; the owner's.</summary>
    internal int Slot { get; set; }

    public int Read(Span<byte> destination, long position)
    {
        var inner = Pin();
        try
        {
            return inner.Read(destination, position);
        }
        finally
        {
            Unpin();
        }
    }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        var inner = Pin();
        try
        {
            inner.Write(source, position);
        }
        finally
        {
            // Behind the write: a sync that runs beside it must not count it as covered.
            Interlocked.Increment(ref _writes);
            Unpin();
        }
    }

    public void SetLength(long length)
    {
        var inner = Pin();
        try
        {
            inner.SetLength(length);
        }
        finally
        {
            Interlocked.Increment(ref _writes);
            Unpin();
        }
    }

    public void Sync()
    {
        var inner = Pin();
        try
        {
            var writes = Writes;
            inner.Sync();
            MarkSynced(writes);
        }
        finally
        {
            Unpin();
        }
    }

    /// <summary>Everything that was written when <see cref="Writes"/> had this value is durable.</summary>
    public void MarkSynced(long writes)
    {
        var synced = Volatile.Read(ref _synced);
        while (synced < writes)
        {
            var seen = Interlocked.CompareExchange(ref _synced, writes, synced);
            if (seen == synced)
                return;
            synced = seen;
        }
    }

    public void CheckWrittenBack()
    {
        var inner = Pin();
        try
        {
            inner.CheckWrittenBack();
        }
        finally
        {
            Unpin();
        }
    }

    public void DropCache()
    {
        var inner = Pin();
        try
        {
            inner.DropCache();
        }
        finally
        {
            Unpin();
        }
    }

    public IFile Pin()
    {
        var pins = Volatile.Read(ref _pins);
        while (pins >= 0)
        {
            var seen = Interlocked.CompareExchange(ref _pins, pins + 1, pins);
            if (seen == pins)
            {
                if (!_wasUsed)
                    _wasUsed = true;
                return _inner!;
            }

            pins = seen;
        }

        return PinClosed();
    }

    public void Unpin() => Interlocked.Decrement(ref _pins);

    public void Rename(IFileSystem files, string path)
    {
        // Open while it has no name: nobody looks for it under the wrong one.
        Pin();
        try
        {
            files.Rename(_path, path);
            _path = path;
        }
        finally
        {
            Unpin();
        }
    }

    public void Dispose()
    {
        IFile? inner;
        lock (owner.Gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            inner = _inner;
            if (inner is not null)
                owner.RemoveLocked(this);
        }

        inner?.Dispose();
    }

    /// <summary>Takes a handle that was just opened.</summary>
    internal IFile Admit(IFile opened, bool isPinned)
    {
        IFile result = opened;
        IFile? superfluous;
        var isPressed = false;
        lock (owner.Gate)
        {
            if (_isDisposed)
            {
                superfluous = opened;
            }
            else if (_pins != Closed)
            {
                // Another thread was faster.
                Interlocked.Increment(ref _pins);
                result = _inner!;
                superfluous = opened;
            }
            else
            {
                _inner = opened;
                _wasUsed = false;
                Volatile.Write(ref _pins, 1);
                superfluous = owner.AddLocked(this, out isPressed);
                if (!isPinned)
                    Interlocked.Decrement(ref _pins);
            }
        }

        superfluous?.Dispose();
        if (isPressed)
            owner.Press();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return result;
    }

    /// <summary>Closes it if nobody uses it, it is clean, and it was not used since the last time. Under the owner's gate.</summary>
    internal bool TryCloseLocked([NotNullWhen(true)] out IFile? closed)
    {
        closed = null;
        if (Volatile.Read(ref _pins) != 0 || IsDirty)
            return false;
        if (_wasUsed)
        {
            _wasUsed = false;
            return false;
        }

        if (Interlocked.CompareExchange(ref _pins, Closed, 0) != 0)
            return false;
        if (IsDirty)
        {
            // Written since we looked; who found it closed meanwhile waits for the gate and will find it open.
            Volatile.Write(ref _pins, 0);
            return false;
        }

        closed = _inner!;
        _inner = null;
        owner.RemoveLocked(this);
        return true;
    }

    private IFile PinClosed()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return Admit(owner.OpenInner(_path, kind == FileOpenKind.Read ? FileOpenKind.Read : FileOpenKind.ReadWrite), isPinned: true);
    }
}

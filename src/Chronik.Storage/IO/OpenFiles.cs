namespace Chronik.Storage.IO;

/// <summary>
/// A file system that keeps only so many of its files open. A file that was not used for long is closed and opened again when
/// it is needed; one that somebody reads or sends, or that holds unsynced bytes, stays open. See ADR 7.
/// </summary>
/// <param name="files">The one that does the work.</param>
/// <param name="openMax">So many files are open at most, but for those that must be.</param>
internal sealed class OpenFiles(IFileSystem files, int openMax) : ForwardingFileSystem(files)
{
    private const int TooManyOpenFiles = 24;
    private const int TooManyOpenFilesInSystem = 23;

    /// <summary>So many are closed at once when the system has no more to give.</summary>
    private const int ClosedAtOnce = 64;

    private readonly List<CachedFile> _open = [];
    private int _hand;
    private int _searchFrom;

    /// <summary>Files that are open now.</summary>
    public int Count
    {
        get
        {
            lock (Gate)
                return _open.Count;
        }
    }

    /// <summary>Called, without a lock, when nothing more can be closed before something is synced, or the system refuses to open.</summary>
    public Action<IOException?>? OnPressure { get; set; }

    /// <summary>Guards which files are open. Using an open file does not take it.</summary>
    internal Lock Gate { get; } = new();

    /// <inheritdoc/>
    public override IFile Open(string path, FileOpenKind kind)
    {
        // What is there already is not this process's to sync.
        if (kind == FileOpenKind.OpenOrCreate && Inner.FileExists(path))
            kind = FileOpenKind.ReadWrite;
        var file = new CachedFile(this, path, kind);
        file.Admit(OpenInner(path, kind), isPinned: false);
        return file;
    }

    /// <summary>A file that is there already, opened when it is needed.</summary>
    public IFile OpenLater(string path) => new CachedFile(this, path, FileOpenKind.ReadWrite);

    /// <inheritdoc/>
    public override void DeleteDirectory(string path) => Retry(path, path => Inner.DeleteDirectory(path));

    /// <inheritdoc/>
    public override IReadOnlyList<string> ListFiles(string directory)
    {
        IReadOnlyList<string> names = [];
        Retry(directory, path => names = Inner.ListFiles(path));
        return names;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ListDirectories(string directory)
    {
        IReadOnlyList<string> names = [];
        Retry(directory, path => names = Inner.ListDirectories(path));
        return names;
    }

    /// <inheritdoc/>
    public override void SyncDirectory(string path) => Retry(path, Inner.SyncDirectory);

    internal IFile OpenInner(string path, FileOpenKind kind)
    {
        IFile? file = null;
        Retry(path, path => file = Inner.Open(path, kind));
        return file!;
    }

    /// <summary>Takes an open file in; the caller disposes what is closed for it. Under the gate.</summary>
    internal IFile? AddLocked(CachedFile file, out bool isPressed)
    {
        isPressed = false;
        file.Slot = _open.Count;
        _open.Add(file);
        if (_open.Count <= Math.Max(openMax, _searchFrom))
            return null;
        var closed = CloseOneLocked();
        isPressed = closed is null;
        return closed;
    }

    internal void RemoveLocked(CachedFile file)
    {
        var last = _open[^1];
        _open[file.Slot] = last;
        last.Slot = file.Slot;
        _open.RemoveAt(_open.Count - 1);
    }

    /// <summary>Closes what is open beyond the bound: what had to stay open for its unsynced bytes need not after a checkpoint.</summary>
    public void Trim()
    {
        while (true)
        {
            IFile? closed;
            lock (Gate)
                closed = _open.Count > openMax ? CloseOneLocked() : null;
            if (closed is null)
                return;
            closed.Dispose();
        }
    }

    internal void Press() => OnPressure?.Invoke(null);

    // A clock: who was used since the hand last came by gets another turn.
    private IFile? CloseOneLocked()
    {
        for (var left = _open.Count * 2; left > 0 && _open.Count > 0; left--)
        {
            _hand = _hand >= _open.Count ? 0 : _hand;
            if (_open[_hand].TryCloseLocked(out var closed))
            {
                _searchFrom = 0;
                return closed;
            }

            _hand++;
        }

        // All are in use or unsynced: not to look through all of them again for the next one.
        _searchFrom = _open.Count + (_open.Count / 8) + 1;
        return null;
    }

    private void Retry(string path, Action<string> call)
    {
        try
        {
            call(path);
        }
        catch (IOException error) when (error.HResult is TooManyOpenFiles or TooManyOpenFilesInSystem)
        {
            OnPressure?.Invoke(error);
            if (!TryCloseSome())
                throw;
            call(path);
        }
    }

    private bool TryCloseSome()
    {
        var count = 0;
        for (; count < ClosedAtOnce; count++)
        {
            IFile? closed;
            lock (Gate)
                closed = CloseOneLocked();
            if (closed is null)
                break;
            closed.Dispose();
        }

        return count > 0;
    }
}

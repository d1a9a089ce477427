using Chronik.Storage.IO;

namespace Chronik.Storage.Indexes;

/// <summary>
/// A file of equal entries in ascending order of a key. New entries wait in memory until there are enough for a write:
/// an index is rebuilt from the log where a crash took them. The owner's lock guards every member.
/// </summary>
internal abstract class IndexFile : IDisposable
{
    private const int BufferedEntriesMax = 256;
    private const int SearchBlockEntries = 128;

    /// <summary>What to lend to <see cref="ReadEntries"/>.</summary>
    protected const int BlockBytes = 4096;

    private readonly IFileSystem _files;
    private readonly int _entryBytes;
    private readonly int _countMax;
    private IFile? _file;
    private byte[] _buffer = [];
    private int _count;
    private int _written;
    private volatile bool _isLoaded;
    private bool _isMisshapen;
    private bool _unsynced;
    private bool _isCutDue;
    private bool _disposed;

    protected IndexFile(IFileSystem files, string path, int entryBytes, int bytesMax)
    {
        _files = files;
        Path = path;
        _entryBytes = entryBytes;
        _countMax = Math.Max(1, bytesMax / entryBytes);
    }

    public string Path { get; private set; }

    /// <summary>Entries; looking at them the first time opens the file.</summary>
    public int Count
    {
        get
        {
            Load();
            return _count;
        }
    }

    /// <summary>The file's length is not one of whole entries: it was not made by a clean stop.</summary>
    public bool IsMisshapen
    {
        get
        {
            Load();
            return _isMisshapen;
        }
    }

    public bool IsFull => Count >= _countMax - ReservedEntries;

    /// <summary>Entries for which there must be room when the segment is rolled.</summary>
    protected virtual int ReservedEntries => 0;

    /// <summary>Bytes of all entries.</summary>
    public long SizeBytes => (long)Count * _entryBytes;

    protected Lock Gate { get; } = new();

    /// <summary>Keeps the first so many entries; the file is cut with the next <see cref="Flush"/>.</summary>
    public void Truncate(int count)
    {
        lock (Gate)
        {
            if (count >= Count && !IsMisshapen)
                return;
            Flush();
            _isCutDue = true;
            _count = _written = count;
            _isMisshapen = false;
            _unsynced = true;
            OnCount(count);
        }
    }

    /// <summary>Writes what waits in memory.</summary>
    public void Flush()
    {
        lock (Gate)
        {
            WritePending();
            Cut();
            _buffer = [];
        }
    }

    /// <summary>Makes the index durable, empty ones included: Kafka's tools expect the file.</summary>
    public void Sync()
    {
        IFile file;
        lock (Gate)
        {
            Flush();
            file = Open();
            if (!_unsynced)
                return;
            _unsynced = false;
        }

        file.Sync();
    }

    /// <summary>Writes what waits, for who syncs the whole file system; what to give to <see cref="Synced"/> after it.</summary>
    public long PrepareSync()
    {
        lock (Gate)
        {
            Flush();
            return Open() is CachedFile file && _unsynced ? file.Writes : 0;
        }
    }

    /// <summary>What <see cref="PrepareSync"/> found is durable.</summary>
    public void Synced(long writes)
    {
        lock (Gate)
        {
            if (_file is not CachedFile file || writes == 0)
                return;
            file.MarkSynced(writes);
            _unsynced = file.IsDirty;
        }
    }

    /// <summary>Keeps it readable for those who have it, whatever becomes of its name.</summary>
    public void KeepOpen()
    {
        lock (Gate)
        {
            Load();
            _file?.Pin();
        }
    }

    public void Rename(string path)
    {
        lock (Gate)
        {
            if (path == Path)
                return;
            if (_file is not null)
                _file.Rename(_files, path);
            else if (_files.FileExists(Path))
                _files.Rename(Path, path);
            Path = path;
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            _disposed = true;
            _file?.Dispose();
            _file = null;
        }
    }

    /// <summary>An entry's key.</summary>
    protected abstract long KeyOf(ReadOnlySpan<byte> entry);

    /// <summary>Entries were read from the file, or dropped from the end: so many are there now.</summary>
    protected abstract void OnCount(int count);

    protected void Append(ReadOnlySpan<byte> entry)
    {
        var pending = Count - _written;
        if (pending >= BufferedEntriesMax && pending % BufferedEntriesMax == 0 && TryWritePending())
            pending = 0;
        var at = pending * _entryBytes;
        if (_buffer.Length < at + _entryBytes)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, 8 * _entryBytes));
        entry.CopyTo(_buffer.AsSpan(at));
        _count++;
    }

    protected void ReadEntry(int index, Span<byte> entry)
    {
        if (index >= _written)
            _buffer.AsSpan((index - _written) * _entryBytes, _entryBytes).CopyTo(entry);
        else if (Open().Read(entry[.._entryBytes], (long)index * _entryBytes) != _entryBytes)
            throw new EndOfStreamException($"{Path} is shorter than what was written to it.");
    }

    /// <summary>The entries from <paramref name="first"/> on, as many as fit: for who looks at all of them.</summary>
    protected ReadOnlySpan<byte> ReadEntries(int first, Span<byte> block)
    {
        var count = Math.Min(block.Length / _entryBytes, (first < _written ? _written : Count) - first);
        var entries = block[..(count * _entryBytes)];
        if (first >= _written)
            _buffer.AsSpan((first - _written) * _entryBytes, entries.Length).CopyTo(entries);
        else if (Open().Read(entries, (long)first * _entryBytes) != entries.Length)
            throw new EndOfStreamException($"{Path} is shorter than what was written to it.");
        return entries;
    }

    /// <summary>The last entry whose key is at most <paramref name="key"/>, or -1.</summary>
    protected int LastAtMost(long key)
    {
        Span<byte> block = stackalloc byte[SearchBlockEntries * _entryBytes];
        var low = 0;
        var high = Count;
        if (_written < Count && KeyOf(_buffer.AsSpan(0, _entryBytes)) <= key)
            low = _written;
        else
            high = Math.Min(high, _written);

        // Entries below low are at most the key, those from high on are above it.
        while (low < _written && high - low > SearchBlockEntries)
        {
            var middle = low + ((high - low) / 2);
            ReadEntry(middle, block);
            if (KeyOf(block[.._entryBytes]) <= key)
                low = middle;
            else
                high = middle;
        }

        var entries = low >= _written ? _buffer.AsSpan((low - _written) * _entryBytes) : block;
        if (low < _written && high > low)
            _ = Open().Read(block[..((high - low) * _entryBytes)], (long)low * _entryBytes);
        var found = low - 1;
        while (found + 1 < high && KeyOf(entries.Slice((found + 1 - low) * _entryBytes, _entryBytes)) <= key)
            found++;
        return found;
    }

    /// <summary>Looks at the file once somebody wants to know what is in it: most indexes are never asked.</summary>
    protected void Load()
    {
        if (_isLoaded)
            return;
        lock (Gate)
        {
            if (_isLoaded)
                return;
            if (_files.FileExists(Path))
            {
                var length = Open().Length;
                _isMisshapen = length % _entryBytes != 0;
                var count = (int)Math.Min(length / _entryBytes, int.MaxValue / _entryBytes);
                _count = _written = count;
                OnCount(count);
            }

            _isLoaded = true;
        }
    }

    private void WritePending()
    {
        var pending = _count - _written;
        if (pending == 0)
            return;
        Open().Write(_buffer.AsSpan(0, pending * _entryBytes), (long)_written * _entryBytes);
        _written = _count;
        _unsynced = true;
    }

    // Not before what comes in place of the entries is written: mostly that is as long, and there is nothing to cut. A start after kill -9
    // would else empty and write thousands of files, which costs a file system more than all the rest.
    private void Cut()
    {
        if (!_isCutDue)
            return;
        var length = (long)_count * _entryBytes;
        if (Open().Length > length)
            Open().SetLength(length);
        _isCutDue = false;
    }

    // The records are written already: a disk that refuses their entry must not undo them, so it waits in memory for the next try.
    private bool TryWritePending()
    {
        try
        {
            WritePending();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private IFile Open()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_file is not null)
            return _file;
        _unsynced |= !_files.FileExists(Path);
        return _file = _files.Open(Path, FileOpenKind.OpenOrCreate);
    }
}

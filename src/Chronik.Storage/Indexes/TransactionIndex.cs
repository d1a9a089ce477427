using System.Buffers.Binary;
using Chronik.Records;
using Chronik.Storage.IO;

namespace Chronik.Storage.Indexes;

/// <summary>
/// Kafka's <c>.txnindex</c>: the aborted transactions whose markers lie in a segment. The file exists only if there are any. New
/// entries wait in memory, so that an append never fails behind its records; a crash takes none that the log would not tell again.
/// </summary>
internal sealed class TransactionIndex : IDisposable
{
    private const int EntryBytes = 34;
    private const short Version = 0;
    private readonly IFileSystem _files;
    private readonly Lock _lock = new();
    private string _path;
    private AbortedRange[] _entries = [];
    private IFile? _file;
    private int _written;
    private bool _unsynced;
    private AbortedRange[] _summed = [];
    private uint _sum;

    public TransactionIndex(IFileSystem files, string path)
    {
        _files = files;
        _path = path;
        if (files.FileExists(path))
            Load();
    }

    /// <summary>Where it lies.</summary>
    public string Path => _path;

    /// <summary>False where the file that was opened is cut or of another version.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>In the order of their markers; the array is never changed.</summary>
    public AbortedRange[] Entries => Volatile.Read(ref _entries);

    /// <summary>How many entries there are, and the CRC-32C of all.</summary>
    public (int Count, uint Crc) Sum()
    {
        lock (_lock)
        {
            // Closed segments are asked often and change never.
            if (!ReferenceEquals(_summed, _entries))
            {
                _sum = 0;
                foreach (var entry in _entries)
                    _sum = Append(_sum, entry);
                _summed = _entries;
            }

            return (_entries.Length, _sum);
        }
    }

    /// <summary>The CRC-32C of entries with one more behind them.</summary>
    public static uint Append(uint crc, AbortedRange entry)
    {
        Span<byte> bytes = stackalloc byte[EntryBytes];
        Format(entry, bytes);
        return Crc32C.Append(crc, bytes);
    }

    public void Append(AbortedRange aborted)
    {
        lock (_lock)
        {
            // Replayed at start: what is known already stays as it is.
            if (_entries.Length > 0 && _entries[^1].LastOffset >= aborted.LastOffset)
                return;
            Volatile.Write(ref _entries, [.. _entries, aborted]);
        }
    }

    /// <summary>Drops the transactions that end at or behind <paramref name="offset"/>.</summary>
    public void TruncateTo(long offset)
    {
        lock (_lock)
        {
            var keep = Array.FindIndex(_entries, entry => entry.LastOffset >= offset);
            if (keep < 0 && IsWhole)
                return;
            keep = keep < 0 ? _entries.Length : keep;
            if (keep < _written || !IsWhole)
            {
                _written = Math.Min(keep, _written);
                Open().SetLength((long)_written * EntryBytes);
                _unsynced = true;
            }

            IsWhole = true;
            Volatile.Write(ref _entries, _entries[..keep]);
        }
    }

    /// <summary>Writes what waits in memory.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            Span<byte> bytes = stackalloc byte[EntryBytes];
            for (; _written < _entries.Length; _written++)
            {
                Format(_entries[_written], bytes);
                Open().Write(bytes, (long)_written * EntryBytes);
                _unsynced = true;
            }
        }
    }

    /// <summary>Writes what waits, for who syncs the whole file system; what to give to <see cref="Synced"/> after it.</summary>
    public long PrepareSync()
    {
        lock (_lock)
        {
            Flush();
            return _file is CachedFile file && _unsynced ? file.Writes : 0;
        }
    }

    /// <summary>What <see cref="PrepareSync"/> found is durable.</summary>
    public void Synced(long writes)
    {
        lock (_lock)
        {
            if (_file is not CachedFile file || writes == 0)
                return;
            file.MarkSynced(writes);
            _unsynced = file.IsDirty;
        }
    }

    public void Sync()
    {
        lock (_lock)
        {
            Flush();
            if (_unsynced)
                _file?.Sync();
            _unsynced = false;
        }
    }

    /// <summary>Forgets that anything is in the file: the next sync writes all of it, also what the disk did not take before.</summary>
    public void WriteAgain()
    {
        lock (_lock)
            _written = 0;
    }

    public void Rename(string path)
    {
        lock (_lock)
        {
            if (path == _path)
                return;
            if (_file is not null)
                _file.Rename(_files, path);
            else if (_files.FileExists(_path))
                _files.Rename(_path, path);
            _path = path;
        }
    }

    /// <summary>Makes the file, though there is nothing to put into it.</summary>
    public void CreateEmpty()
    {
        lock (_lock)
        {
            Open().SetLength(0);
            _unsynced = true;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private void Load()
    {
        var count = (int)(Open().Length / EntryBytes);
        IsWhole = Open().Length == (long)count * EntryBytes;
        var bytes = new byte[count * EntryBytes];
        _ = Open().Read(bytes, 0);
        var entries = new List<AbortedRange>(count);
        for (var at = 0; at < bytes.Length; at += EntryBytes)
        {
            var entry = bytes.AsSpan(at);
            if (BinaryPrimitives.ReadInt16BigEndian(entry) != Version)
            {
                IsWhole = false;
                break;
            }

            entries.Add(new AbortedRange(
                BinaryPrimitives.ReadInt64BigEndian(entry[2..]),
                BinaryPrimitives.ReadInt64BigEndian(entry[10..]),
                BinaryPrimitives.ReadInt64BigEndian(entry[18..]),
                BinaryPrimitives.ReadInt64BigEndian(entry[26..])));
        }

        _entries = [.. entries];
        _written = _entries.Length;
    }

    private static void Format(AbortedRange aborted, Span<byte> entry)
    {
        BinaryPrimitives.WriteInt16BigEndian(entry, Version);
        BinaryPrimitives.WriteInt64BigEndian(entry[2..], aborted.ProducerId);
        BinaryPrimitives.WriteInt64BigEndian(entry[10..], aborted.FirstOffset);
        BinaryPrimitives.WriteInt64BigEndian(entry[18..], aborted.LastOffset);
        BinaryPrimitives.WriteInt64BigEndian(entry[26..], aborted.LastStableOffset);
    }

    private IFile Open() => _file ??= _files.Open(_path, FileOpenKind.OpenOrCreate);
}

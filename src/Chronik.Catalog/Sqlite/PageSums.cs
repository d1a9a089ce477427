using System.Buffers.Binary;
using System.Text;
using Chronik.Records;
using Chronik.Storage.IO;

namespace Chronik.Catalog.Sqlite;

/// <summary>
/// A CRC-32C for each page of a catalog's database, in a file beside it: SQLite has none, so a flipped bit would rename a topic, or move an
/// offset, without a word. Pages change in checkpoints alone, and these wait until the sums of what they will write are durable: a page that
/// differs is damaged unless the write-ahead log still holds it. See docs/formats/catalog.md.
/// </summary>
internal sealed class PageSums : IDisposable
{
    /// <summary>Behind the database's name.</summary>
    public const string Suffix = "-sums";

    private const string Magic = "CHRSUMS1";
    private const int FixedBytes = 26;
    private const int PageSizeAt = 16;
    private readonly IFileSystem _files;
    private readonly string _path;
    private IFile? _database;
    private uint[] _sums = [];
    private int _pageBytes;
    private bool _wasOpen;

    /// <param name="files">The files.</param>
    /// <param name="path">The database.</param>
    /// <param name="forgets">What is known of it counts no more.</param>
    public PageSums(IFileSystem files, string path, bool forgets = false)
    {
        _files = files;
        _path = path;
        Exists = !forgets && TryLoad();
    }

    /// <summary>There are sums of an earlier run.</summary>
    public bool Exists { get; }

    /// <summary>Whose catalog it was; "" where that is not known.</summary>
    public string ClusterId { get; private set; } = "";

    /// <summary>Producer ids below it were taken when the sums were written.</summary>
    public long NextProducerId { get; private set; }

    /// <summary>What is wrong with the files, in words; null if nothing is, or if nothing is known of them.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public string? FindDamage()
    {
        if (!Exists)
            return null;
        if (!_files.FileExists(_path))
            return "is missing";
        var wal = WalFrames.Read(_files, _path + "-wal");
        if (wal.HasLostCommits)
            return "has a damaged write-ahead log (-wal): commits behind the damage would be lost";
        if (!wal.HasHeader && (_wasOpen || wal.HasFrames))
            return "lacks its write-ahead log (-wal), or its begin is damaged: the last commits would be lost";
        var database = Database();
        if (database.Length == 0)
            return "is empty";
        var page = new byte[_pageBytes];
        for (var number = 1; number <= _sums.Length; number++)
        {
            var isWhole = database.Read(page, (long)(number - 1) * _pageBytes) == page.Length && Crc32C.Compute(page) == _sums[number - 1];
            if (!isWhole && !wal.Pages.ContainsKey(number))
                return $"is damaged, or another program changed it: page {number} of {_sums.Length} is not as it was written";
        }

        return null;
    }

    /// <summary>The write-ahead log was begun.</summary>
    public bool HasLog() => WalFrames.Read(_files, _path + "-wal").HasHeader;

    /// <summary>Makes the sums durable of what the database is when all of its write-ahead log is in it: to be called before that is done.</summary>
    /// <exception cref="IOException">They could not be written: then no checkpoint may run.</exception>
    public void Save(string clusterId, long nextProducerId, bool isOpen)
    {
        var wal = WalFrames.Read(_files, _path + "-wal");
        if (_sums.Length == 0)
            SumAll(wal);
        if (wal.PageCount > 0)
            Array.Resize(ref _sums, wal.PageCount);
        foreach (var (page, crc) in wal.Pages)
        {
            if (page <= _sums.Length)
                _sums[page - 1] = crc;
        }

        (ClusterId, NextProducerId) = (clusterId, nextProducerId);
        Write(isOpen);
    }

    public void Dispose() => _database?.Dispose();

    // Closed only when SQLite has closed its own: to close any descriptor of the file gives up all of the process's locks on it.
    private IFile Database() => _database ??= _files.Open(_path, FileOpenKind.Read);

    private void SumAll(WalFrames wal)
    {
        Span<byte> size = stackalloc byte[2];
        if (Database().Read(size, PageSizeAt) < size.Length)
            return;
        _pageBytes = BinaryPrimitives.ReadUInt16BigEndian(size) is var bytes && bytes == 1 ? 65536 : bytes;
        var page = new byte[_pageBytes];
        _sums = new uint[Math.Max(wal.PageCount, Database().Length / _pageBytes)];
        for (var number = 1; number <= _sums.Length && Database().Read(page, (long)(number - 1) * _pageBytes) == page.Length; number++)
            _sums[number - 1] = Crc32C.Compute(page);
    }

    private void Write(bool isOpen)
    {
        var id = Encoding.UTF8.GetBytes(ClusterId);
        var bytes = new byte[FixedBytes + id.Length + (_sums.Length * 4) + 4];
        Encoding.ASCII.GetBytes(Magic).CopyTo(bytes, 0);
        bytes[8] = (byte)(isOpen ? 1 : 0);
        bytes[9] = (byte)id.Length;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(10), _pageBytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(14), _sums.Length);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(18), NextProducerId);
        id.CopyTo(bytes, FixedBytes);
        var at = FixedBytes + id.Length;
        foreach (var sum in _sums)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), sum);
            at += 4;
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), Crc32C.Compute(bytes.AsSpan(0, at)));
        var temporary = _path + Suffix + ".tmp";
        using (var file = _files.Open(temporary, FileOpenKind.CreateOrTruncate))
        {
            file.Write(bytes, 0);
            file.Sync();
        }

        _files.Rename(temporary, _path + Suffix);
        _files.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
    }

    // What is no file of sums says nothing: the next checkpoint writes one.
    private bool TryLoad()
    {
        if (!_files.FileExists(_path + Suffix))
            return false;
        using var file = _files.Open(_path + Suffix, FileOpenKind.Read);
        var bytes = new byte[file.Length];
        if (file.Read(bytes, 0) < FixedBytes + 4 || !bytes.AsSpan().StartsWith(Encoding.ASCII.GetBytes(Magic)))
            return false;
        var count = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(14));
        var at = FixedBytes + bytes[9];
        if (count <= 0 || bytes.Length != at + ((count + 1L) * 4) || BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(bytes.Length - 4)) != Crc32C.Compute(bytes.AsSpan(0, bytes.Length - 4)))
            return false;
        _wasOpen = bytes[8] == 1;
        _pageBytes = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(10));
        NextProducerId = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(18));
        ClusterId = Encoding.UTF8.GetString(bytes, FixedBytes, bytes[9]);
        _sums = new uint[count];
        for (var i = 0; i < count; i++)
            _sums[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + (i * 4)));
        return true;
    }
}

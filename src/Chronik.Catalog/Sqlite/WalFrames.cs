using System.Buffers.Binary;
using Chronik.Records;
using Chronik.Storage.IO;

namespace Chronik.Catalog.Sqlite;

/// <summary>
/// What a write-ahead log of SQLite holds (sqlite.org/fileformat2.html, section 4). Its frames have checksums that follow on each other,
/// and SQLite takes the first that is wrong for the end: a bit that flips in the middle takes all commits behind it, without a word.
/// </summary>
internal sealed class WalFrames
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const int SaltsAt = 16;
    private const int SumAt = 24;
    private const uint MagicLittleEndian = 0x377f0682;
    private const uint MagicBigEndian = 0x377f0683;
    private readonly Dictionary<int, uint> _pages = [];
    private readonly Dictionary<int, uint> _uncommitted = [];

    private WalFrames()
    {
    }

    /// <summary>The header is whole.</summary>
    public bool HasHeader { get; private set; }

    /// <summary>There were bytes of frames, whatever they are.</summary>
    public bool HasFrames { get; private set; }

    /// <summary>Behind the end that SQLite sees lies a commit that was acknowledged: it was followed by another.</summary>
    public bool HasLostCommits { get; private set; }

    /// <summary>The CRC-32C of each page as the last commit left it.</summary>
    public IReadOnlyDictionary<int, uint> Pages => _pages;

    /// <summary>Pages of the database after the last commit; 0 where there is none.</summary>
    public int PageCount { get; private set; }

    /// <summary>Reads a log; one that is missing is empty.</summary>
    public static WalFrames Read(IFileSystem files, string path)
    {
        var frames = new WalFrames();
        if (!files.FileExists(path))
            return frames;
        using var file = files.Open(path, FileOpenKind.Read);
        frames.Read(file);
        return frames;
    }

    private void Read(IFile file)
    {
        var header = new byte[HeaderBytes];
        HasFrames = file.Length > HeaderBytes + FrameHeaderBytes;
        if (file.Read(header, 0) < HeaderBytes)
            return;
        var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        var pageBytes = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(8));
        var isBigEndian = magic == MagicBigEndian;
        var sum = Sum((0, 0), header.AsSpan(0, SumAt), isBigEndian);
        HasHeader = magic is MagicLittleEndian or MagicBigEndian && pageBytes is >= 512 and <= 65536 && sum == SumIn(header.AsSpan(SumAt));
        if (!HasHeader)
            return;
        var frame = new byte[FrameHeaderBytes + pageBytes];
        long position = HeaderBytes;
        for (; file.Read(frame, position) == frame.Length; position += frame.Length)
        {
            var next = SumBehind(sum, frame, isBigEndian);
            if (!HasSaltsOf(header, frame) || next != SumIn(frame.AsSpan(SaltsAt)))
                break;
            sum = next;
            _uncommitted[BinaryPrimitives.ReadInt32BigEndian(frame)] = Crc32C.Compute(frame.AsSpan(FrameHeaderBytes));
            if (CommitIn(frame) is var count && count != 0)
                Commit(count);
        }

        FindLost(file, header, frame, position, sum, isBigEndian);
    }

    private void Commit(int pageCount)
    {
        PageCount = pageCount;
        foreach (var (page, crc) in _uncommitted)
            _pages[page] = crc;
        _uncommitted.Clear();
    }

    // A commit that was torn, or could not be synced, may leave any of its own frames, and each try after it writes over them from the same place
    // on. But what follows on a commit, by its checksum, was written when that commit was durable. The checksum of either may be what is damaged.
    private void FindLost(IFile file, byte[] header, byte[] frame, long position, (uint First, uint Second) before, bool isBigEndian)
    {
        var (stored, computed) = (before, before);
        var isBehindCommit = false;
        for (; file.Read(frame, position) == frame.Length; position += frame.Length)
        {
            var own = SumIn(frame.AsSpan(SaltsAt));
            var next = SumBehind(stored, frame, isBigEndian);
            var hasSalts = HasSaltsOf(header, frame);
            HasLostCommits |= isBehindCommit && hasSalts && (own == next || own == SumBehind(computed, frame, isBigEndian));
            isBehindCommit = hasSalts && CommitIn(frame) != 0;
            (stored, computed) = (own, next);
        }
    }

    private static (uint First, uint Second) SumBehind((uint First, uint Second) before, byte[] frame, bool isBigEndian) =>
        Sum(Sum(before, frame.AsSpan(0, 8), isBigEndian), frame.AsSpan(FrameHeaderBytes), isBigEndian);

    private static bool HasSaltsOf(byte[] header, byte[] frame) => frame.AsSpan(8, 8).SequenceEqual(header.AsSpan(SaltsAt, 8));

    private static int CommitIn(byte[] frame) => BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(4));

    private static (uint First, uint Second) SumIn(ReadOnlySpan<byte> from) =>
        (BinaryPrimitives.ReadUInt32BigEndian(from), BinaryPrimitives.ReadUInt32BigEndian(from[4..]));

    private static (uint First, uint Second) Sum((uint First, uint Second) sum, ReadOnlySpan<byte> data, bool isBigEndian)
    {
        var (first, second) = sum;
        for (; data.Length >= 8; data = data[8..])
        {
            first += Word(data, isBigEndian) + second;
            second += Word(data[4..], isBigEndian) + first;
        }

        return (first, second);
    }

    private static uint Word(ReadOnlySpan<byte> from, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(from) : BinaryPrimitives.ReadUInt32LittleEndian(from);
}

using System.Buffers.Binary;
using Chronik.Records;
using Chronik.Storage.IO;

namespace Chronik.Storage.Segments;

/// <summary>
/// The file beside a compacted segment that knows the base offset of each batch in it. A batch's own checksum does not cover its base
/// offset, and where compaction leaves gaps, the batches around it do not tell whether it is right. An entry counts for a batch that
/// lies at its position and has its checksum, so a file that is not of this log, or of an older state of it, says nothing.
/// See docs/formats/batch-offsets.md.
/// </summary>
internal sealed class BatchOffsets(IFileSystem files, string path, long baseOffset)
{
    internal const int Version = 1;
    internal const int HeaderBytes = 20;
    internal const int CrcBytes = sizeof(uint);
    internal const int EntryBytes = 12;
    internal const int BlockEntries = 341;
    internal const int BlockBytes = CrcBytes + (BlockEntries * EntryBytes);

    private readonly Lock _lock = new();
    private byte[] _block = [];
    private string _path = path;
    private List<(int Position, int Block)>? _starts;
    private int _count;
    private int _loaded = -1;

    /// <summary>What is wrong with the file, once it was asked for; null if nothing is. Where it is damaged, nothing is known of those batches.</summary>
    public string? Problem { get; private set; }

    /// <summary>Where it is now.</summary>
    public string Path
    {
        get
        {
            lock (_lock)
                return _path;
        }
    }

    /// <summary>There is such a file.</summary>
    public bool Exists { get; set; }

    /// <summary>That of a segment, as far as it is there; it was asked for nothing yet.</summary>
    public static BatchOffsets Beside(IFileSystem files, string directory, long baseOffset)
    {
        var path = SegmentFiles.Path(directory, baseOffset, SegmentFiles.BatchOffsets);
        return new BatchOffsets(files, path, baseOffset) { Exists = files.FileExists(path) };
    }

    /// <summary>
    /// The segments without the file, below one that has it: compaction goes from a log's start on, so they had it, or something else than
    /// Chronik has compacted the log meanwhile.
    /// </summary>
    /// <param name="names">The files of a partition's folder, sorted.</param>
    public static IEnumerable<long> MissingIn(IReadOnlyList<string> names)
    {
        var there = new HashSet<long>();
        foreach (var name in names)
        {
            if (SegmentFiles.TryParse(name, SegmentFiles.BatchOffsets, out var offset))
                there.Add(offset);
        }

        if (there.Count == 0)
            yield break;
        var last = there.Max();
        foreach (var name in names)
        {
            if (SegmentFiles.TryParse(name, SegmentFiles.Log, out var offset) && offset < last && !there.Contains(offset))
                yield return offset;
        }
    }

    /// <summary>The base offset that the batch at a position, with a checksum, was written with; null where that is not known.</summary>
    public long? OffsetAt(int position, uint crc)
    {
        if (!Exists)
            return null;
        lock (_lock)
        {
            try
            {
                return Find(position, crc);
            }
            catch (FileNotFoundException)
            {
                // The segment was replaced meanwhile.
                return null;
            }
            catch (IOException error)
            {
                Problem ??= $"it cannot be read ({error.Message})";
                return null;
            }
        }
    }

    /// <summary>Whether it knows batches at or behind a position, at which the log ends: then the log has lost its end.</summary>
    public bool KnowsBehind(int position)
    {
        if (!Exists)
            return false;
        lock (_lock)
        {
            try
            {
                var starts = Load();
                using var file = files.Open(_path, FileOpenKind.Read);
                return starts.Count > 0 && TryReadBlock(file, starts[^1].Block)
                    && BinaryPrimitives.ReadInt32BigEndian(_block.AsSpan(CrcBytes + ((EntriesOf(_loaded) - 1) * EntryBytes) + 4)) >= position;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    /// <summary>Gives its memory back; the file is read again when it is asked for.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _starts = null;
            _block = [];
            _loaded = -1;
        }
    }

    /// <summary>Gives the file, where there is one, another name.</summary>
    public void Rename(string path)
    {
        lock (_lock)
        {
            if (path == _path)
                return;
            if (files.FileExists(_path))
                files.Rename(_path, path);
            _path = path;
        }
    }

    /// <summary>The checksum of a block's entries; also over which block of which segment it is.</summary>
    internal static uint CrcOf(long baseOffset, int block, ReadOnlySpan<byte> entries)
    {
        Span<byte> place = stackalloc byte[sizeof(long) + sizeof(int)];
        BinaryPrimitives.WriteInt64BigEndian(place, baseOffset);
        BinaryPrimitives.WriteInt32BigEndian(place[sizeof(long)..], block);
        return Crc32C.Append(Crc32C.Compute(place), entries);
    }

    private long? Find(int position, uint crc)
    {
        var starts = Load();
        var at = starts.BinarySearch((position, int.MaxValue));
        if (at is -1)
            return null;
        var block = starts[~at - 1].Block;
        if (block != _loaded)
        {
            using var file = files.Open(_path, FileOpenKind.Read);
            if (!TryReadBlock(file, block))
                return null;
        }

        var (low, high) = (0, EntriesOf(block) - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var entry = _block.AsSpan(CrcBytes + (middle * EntryBytes), EntryBytes);
            var found = BinaryPrimitives.ReadInt32BigEndian(entry[4..]);
            if (found == position)
                return BinaryPrimitives.ReadUInt32BigEndian(entry[8..]) == crc ? baseOffset + BinaryPrimitives.ReadInt32BigEndian(entry) : null;
            if (found < position)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return null;
    }

    // Where the first batch of each block lies that is whole.
    private List<(int Position, int Block)> Load()
    {
        if (_starts is { } known)
            return known;
        _block = new byte[BlockBytes];
        using var file = files.Open(_path, FileOpenKind.Read);
        var starts = new List<(int Position, int Block)>();
        var blocks = TryReadHeader(file) ? (_count + BlockEntries - 1) / BlockEntries : 0;
        for (var block = 0; block < blocks; block++)
        {
            if (TryReadBlock(file, block))
                starts.Add((BinaryPrimitives.ReadInt32BigEndian(_block.AsSpan(CrcBytes + 4)), block));
        }

        return _starts = starts;
    }

    private bool TryReadHeader(IFile file)
    {
        var header = _block.AsSpan(0, HeaderBytes);
        if (file.Read(header, 0) != HeaderBytes
            || BinaryPrimitives.ReadUInt32BigEndian(header) != Crc32C.Compute(header[CrcBytes..])
            || BinaryPrimitives.ReadInt64BigEndian(header[8..]) != baseOffset)
        {
            Problem ??= "its header is damaged";
            return false;
        }

        _count = BinaryPrimitives.ReadInt32BigEndian(header[16..]);
        var bytes = HeaderBytes + ((_count + BlockEntries - 1L) / BlockEntries * CrcBytes) + ((long)_count * EntryBytes);

        // A later Chronik wrote it: what it says is not known here, and nothing is wrong with it.
        if (BinaryPrimitives.ReadInt32BigEndian(header[4..]) != Version)
            return false;
        if (file.Length != bytes)
            Problem ??= $"it has {file.Length} bytes, not {bytes}";
        return true;
    }

    private bool TryReadBlock(IFile file, int block)
    {
        _loaded = -1;
        var bytes = _block.AsSpan(0, CrcBytes + (EntriesOf(block) * EntryBytes));
        if (file.Read(bytes, HeaderBytes + ((long)block * BlockBytes)) != bytes.Length
            || BinaryPrimitives.ReadUInt32BigEndian(bytes) != CrcOf(baseOffset, block, bytes[CrcBytes..]))
        {
            Problem ??= $"the checksum of its block {block} is wrong";
            return false;
        }

        _loaded = block;
        return true;
    }

    private int EntriesOf(int block) => Math.Min(BlockEntries, _count - (block * BlockEntries));
}

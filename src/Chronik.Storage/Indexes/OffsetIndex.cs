using System.Buffers.Binary;
using Chronik.Storage.IO;

namespace Chronik.Storage.Indexes;

/// <summary>
/// Kafka's <c>.index</c>: the last offset of a batch (less the segment's base offset, int32) and the position at which that
/// batch starts (int32), for a batch now and then.
/// </summary>
internal sealed class OffsetIndex : IndexFile
{
    public const int EntryBytes = 8;
    private readonly long _baseOffset;
    private long _lastOffset;

    public OffsetIndex(IFileSystem files, string path, long baseOffset, int bytesMax)
        : base(files, path, EntryBytes, bytesMax) => _baseOffset = _lastOffset = baseOffset;

    public void Append(long offset, int position)
    {
        lock (Gate)
        {
            if (Count > 0 && offset <= _lastOffset)
                return;
            Span<byte> entry = stackalloc byte[EntryBytes];
            BinaryPrimitives.WriteInt32BigEndian(entry, (int)(offset - _baseOffset));
            BinaryPrimitives.WriteInt32BigEndian(entry[4..], position);
            Append(entry);
            _lastOffset = offset;
        }
    }

    /// <summary>The position of a batch at or before the one that holds <paramref name="offset"/>; the best that is known.</summary>
    public int PositionAtMost(long offset)
    {
        lock (Gate)
        {
            var index = LastAtMost(offset - _baseOffset);
            return index < 0 ? 0 : Entry(index).Position;
        }
    }

    /// <summary>The last entry whose offset is at most this, or -1.</summary>
    public int EntryAtMost(long offset)
    {
        lock (Gate)
            return LastAtMost(offset - _baseOffset);
    }

    /// <summary>An entry: a hint, which the log must confirm.</summary>
    public (long Offset, int Position) EntryAt(int index)
    {
        lock (Gate)
            return index < Count ? Entry(index) : (_baseOffset, 0);
    }

    /// <summary>Drops the entries from <paramref name="offset"/> on, and those that point behind <paramref name="position"/>.</summary>
    public void TruncateTo(long offset, int position)
    {
        lock (Gate)
        {
            // From the front: after a power cut pages behind the last sync may be missing, so nothing there is in order.
            Truncate(CountAscending(offset, position));
        }
    }

    /// <summary>Whether the last entry can be right for a log file of <paramref name="logBytes"/>.</summary>
    public bool IsSane(int logBytes)
    {
        lock (Gate)
        {
            if (IsMisshapen)
                return false;
            if (Count == 0)
                return true;
            var (offset, position) = Entry(Count - 1);
            return offset >= _baseOffset && position < logBytes && (Count == 1 || position > 0);
        }
    }

    protected override long KeyOf(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadInt32BigEndian(entry);

    protected override void OnCount(int count) => _lastOffset = count == 0 ? _baseOffset : Entry(count - 1).Offset;

    private int CountAscending(long below, int belowPosition)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        var (count, last) = (0, _baseOffset - 1);
        while (count < Count)
        {
            for (var entries = ReadEntries(count, block); entries.Length > 0; entries = entries[EntryBytes..], count++)
            {
                var (offset, position) = Parse(entries);
                if (offset <= last || offset >= below || position >= belowPosition)
                    return count;
                last = offset;
            }
        }

        return count;
    }

    private (long Offset, int Position) Entry(int index)
    {
        Span<byte> entry = stackalloc byte[EntryBytes];
        ReadEntry(index, entry);
        return Parse(entry);
    }

    private (long Offset, int Position) Parse(ReadOnlySpan<byte> entry) =>
        (_baseOffset + BinaryPrimitives.ReadInt32BigEndian(entry), BinaryPrimitives.ReadInt32BigEndian(entry[4..]));
}

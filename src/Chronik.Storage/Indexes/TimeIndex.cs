using System.Buffers.Binary;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Indexes;

/// <summary>
/// Kafka's <c>.timeindex</c>: the largest timestamp so far (int64) and the last offset of the batch that holds it (less the
/// segment's base offset, int32). Whatever is later than a timestamp lies at or behind its entry.
/// </summary>
internal sealed class TimeIndex : IndexFile
{
    public const int EntryBytes = 12;
    private readonly long _baseOffset;
    private long _lastTimestamp = -1;
    private long _lastOffset;

    public TimeIndex(IFileSystem files, string path, long baseOffset, int bytesMax)
        : base(files, path, EntryBytes, bytesMax) => _baseOffset = _lastOffset = baseOffset;

    /// <summary>The largest timestamp, -1 where there is no entry.</summary>
    public long LastTimestamp
    {
        get
        {
            Load();
            return _lastTimestamp;
        }
    }

    /// <summary>The offset of the last entry; the base offset where there is none.</summary>
    public long LastOffset
    {
        get
        {
            Load();
            return _lastOffset;
        }
    }

    /// <summary>Adds an entry if the timestamp is larger than all before.</summary>
    public void Append(long timestamp, long offset)
    {
        lock (Gate)
        {
            if (timestamp <= LastTimestamp)
                return;
            Span<byte> entry = stackalloc byte[EntryBytes];
            BinaryPrimitives.WriteInt64BigEndian(entry, timestamp);
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], (int)(offset - _baseOffset));
            Append(entry);
            _lastTimestamp = timestamp;
            _lastOffset = offset;
        }
    }

    /// <summary>The last entry of a smaller timestamp: a hint, which the log must confirm. Null where there is none.</summary>
    public (long Timestamp, long Offset)? LastBefore(long timestamp)
    {
        lock (Gate)
        {
            var index = LastAtMost(timestamp - 1);
            return index < 0 ? null : Entry(index);
        }
    }

    /// <summary>The last entry of a batch that ends below <paramref name="offset"/>; null where there is none.</summary>
    public OffsetAndTimestamp? LastBelow(long offset)
    {
        lock (Gate)
        {
            // Offsets ascend with the timestamps.
            var low = 0;
            for (var high = Count; low < high;)
            {
                var middle = low + ((high - low) / 2);
                if (Entry(middle).Offset < offset)
                    low = middle + 1;
                else
                    high = middle;
            }

            if (low == 0)
                return null;
            var (timestamp, last) = Entry(low - 1);
            return new OffsetAndTimestamp(last, timestamp, LeaderEpoch: -1);
        }
    }

    /// <summary>Drops the entries from <paramref name="offset"/> on.</summary>
    public void TruncateTo(long offset)
    {
        lock (Gate)
        {
            // From the front, as for the offset index.
            Truncate(CountAscending(offset));
        }
    }

    /// <summary>Whether the last entry can be right.</summary>
    public bool IsSane()
    {
        lock (Gate)
            return !IsMisshapen && (Count == 0 || (LastOffset >= _baseOffset && (Count == 1 || LastTimestamp > Entry(0).Timestamp)));
    }

    // The largest timestamp is entered once more at the end, as in Kafka.
    protected override int ReservedEntries => 1;

    protected override long KeyOf(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadInt64BigEndian(entry);

    protected override void OnCount(int count) => (_lastTimestamp, _lastOffset) = count == 0 ? (-1, _baseOffset) : Entry(count - 1);

    private int CountAscending(long below)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        var (count, last) = (0, -1L);
        while (count < Count)
        {
            for (var entries = ReadEntries(count, block); entries.Length > 0; entries = entries[EntryBytes..], count++)
            {
                var (timestamp, offset) = Parse(entries);
                if (timestamp <= last || offset >= below)
                    return count;
                last = timestamp;
            }
        }

        return count;
    }

    private (long Timestamp, long Offset) Entry(int index)
    {
        Span<byte> entry = stackalloc byte[EntryBytes];
        ReadEntry(index, entry);
        return Parse(entry);
    }

    private (long Timestamp, long Offset) Parse(ReadOnlySpan<byte> entry) =>
        (BinaryPrimitives.ReadInt64BigEndian(entry), _baseOffset + BinaryPrimitives.ReadInt32BigEndian(entry[8..]));
}

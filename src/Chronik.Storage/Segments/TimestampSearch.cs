using System.Buffers;
using Chronik.Records;
using Chronik.Storage.Log;

namespace Chronik.Storage.Segments;

/// <summary>Finds a record of a segment by its timestamp.</summary>
internal static class TimestampSearch
{
    /// <summary>
    /// The first record between the log's start and <paramref name="limitOffset"/> whose timestamp is at least
    /// <paramref name="timestamp"/>. Control records count, as in Kafka.
    /// </summary>
    public static OffsetAndTimestamp? FirstAtOrAfter(Segment segment, in LogView view, long timestamp, long limitOffset)
    {
        var (end, startOffset) = (view.SizeOf(segment), view.StartOffset);
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        var from = OffsetSearch.StartFor(segment, end, Math.Max(OffsetBefore(segment, end, timestamp, buffer), startOffset));
        var walk = new ExaminedWalk(segment, from, end, buffer);
        while (walk.MoveNext() && walk.Header.BaseOffset < limitOffset)
        {
            var header = walk.Header;
            if (header.MaxTimestamp < timestamp || header.LastOffset < startOffset)
                continue;
            if (FirstIn(segment, walk.Position, walk.SizeInBytes, timestamp, startOffset) is { } found)
                return found.Offset < limitOffset ? found : null;
        }

        return null;
    }

    /// <summary>The largest timestamp of the batches that lie below <paramref name="limitOffset"/>, or -1.</summary>
    public static long Largest(Segment segment, in LogView view, long limitOffset)
    {
        var (known, at) = (segment.LargestTimestamp, segment.LargestTimestampOffset);
        if (at < limitOffset && at >= view.StartOffset)
            return known;

        // It is not durable yet, or trimmed: what is between is known since the last entry of the index below the bound.
        var largest = -1L;
        var (from, end) = (view.StartOffset, view.SizeOf(segment));
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        if (segment.TimeIndex.LastBelow(limitOffset) is { } entry && entry.Offset >= from && IsConfirmed(segment, end, (entry.Timestamp, entry.Offset), buffer))
            (largest, from) = (entry.Timestamp, entry.Offset);
        var walk = new ExaminedWalk(segment, OffsetSearch.StartFor(segment, end, from), end, buffer);
        while (walk.MoveNext() && walk.Header.BaseOffset < limitOffset)
        {
            if (walk.Header.LastOffset >= from && walk.Header.RecordCount > 0)
                largest = Math.Max(largest, walk.Header.MaxTimestamp);
        }

        return largest;
    }

    /// <summary>
    /// The largest timestamp of a segment, and the last offset of its batch: the last entry of the index, if the log confirms it, or a
    /// later one of a batch behind it. Retention counts on it.
    /// </summary>
    /// <param name="segment">Whose.</param>
    /// <param name="isIndexRight">False if the index ends with an entry that the log contradicts.</param>
    public static (long Timestamp, long Offset) LargestOf(Segment segment, out bool isIndexRight)
    {
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        var end = segment.SizeBytes;
        var largest = (Timestamp: segment.TimeIndex.LastTimestamp, Offset: segment.TimeIndex.LastOffset);
        isIndexRight = segment.TimeIndex.Count == 0 || IsConfirmed(segment, end, largest, buffer);
        if (!isIndexRight || segment.TimeIndex.Count == 0)
            largest = (-1, segment.BaseOffset);
        var walk = new ExaminedWalk(segment, OffsetSearch.StartFor(segment, end, largest.Offset), end, buffer);
        while (walk.MoveNext())
        {
            if (walk.Header.MaxTimestamp > largest.Timestamp && walk.Header.RecordCount > 0)
                largest = (walk.Header.MaxTimestamp, walk.Header.LastOffset);
        }

        return largest;
    }

    private static long OffsetBefore(Segment segment, int end, long timestamp, Span<byte> buffer) =>
        segment.TimeIndex.LastBefore(timestamp) is { } entry && IsConfirmed(segment, end, entry, buffer) ? entry.Offset : segment.BaseOffset;

    /// <summary>An entry of the index is a hint: it counts if the batch that it names has that timestamp.</summary>
    public static bool IsConfirmed(Segment segment, int end, (long Timestamp, long Offset) entry, Span<byte> buffer)
    {
        if (entry.Offset < segment.BaseOffset)
            return false;
        var walk = new ExaminedWalk(segment, OffsetSearch.StartFor(segment, end, entry.Offset), end, buffer);
        while (walk.MoveNext() && walk.Header.BaseOffset <= entry.Offset)
        {
            if (walk.Header.LastOffset >= entry.Offset)
                return walk.Header.MaxTimestamp == entry.Timestamp;
        }

        return false;
    }

    private static OffsetAndTimestamp? FirstIn(Segment segment, int position, int size, long timestamp, long startOffset)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            if (segment.File.Read(bytes.AsSpan(0, size), position) != size)
                return null;
            var batch = new RecordBatchView(bytes.AsSpan(0, size));
            foreach (var record in new RecordBatchReader(batch))
            {
                if (record.Timestamp >= timestamp && record.Offset >= startOffset)
                    return new OffsetAndTimestamp(record.Offset, record.Timestamp, batch.PartitionLeaderEpoch);
            }
        }
        catch (RecordFormatException)
        {
            // What cannot be decompressed has no timestamps; the batches behind it may have.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }

        return null;
    }
}

using System.Buffers;
using Chronik.Records;
using Chronik.Storage.Log;

namespace Chronik.Storage.Segments;

/// <summary>Finds a record of a segment by its timestamp.</summary>
internal static class TimestampSearch
{
    /// <summary>The first record from <paramref name="startOffset"/> on whose timestamp is at least <paramref name="timestamp"/>.</summary>
    public static OffsetAndTimestamp? FirstAtOrAfter(Segment segment, int end, long timestamp, long startOffset)
    {
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        var position = segment.OffsetIndex.PositionAtMost(Math.Max(segment.TimeIndex.OffsetBefore(timestamp), startOffset));
        var walk = new HeaderWalk(segment.File, position, end, buffer);
        while (walk.MoveNext())
        {
            var header = walk.Header;
            if (header.MaxTimestamp < timestamp || header.LastOffset < startOffset || header.IsControl)
                continue;
            if (FirstIn(segment, walk.Position, walk.SizeInBytes, timestamp, startOffset) is { } found)
                return found;
        }

        return null;
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

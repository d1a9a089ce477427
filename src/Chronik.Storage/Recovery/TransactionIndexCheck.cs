using Chronik.Records;
using Chronik.Storage.Indexes;
using Chronik.Storage.Producers;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Recovery;

/// <summary>
/// Holds a segment's aborted transactions against its log. Kafka's format has no checksum, and one wrong bit in it would show
/// aborted records to consumers, or hide good ones.
/// </summary>
internal static class TransactionIndexCheck
{
    /// <summary>Whether the index is whole and each entry names a marker and a transaction that are there.</summary>
    /// <param name="segments">All segments.</param>
    /// <param name="segment">Whose index it is.</param>
    /// <param name="end">The base offset of the next segment, or the end of the log.</param>
    public static bool AgreesWithLog(IReadOnlyList<Segment> segments, Segment segment, long end)
    {
        var index = segment.TransactionIndex;
        if (!index.IsWhole)
            return false;
        var last = segment.BaseOffset - 1;
        foreach (var entry in index.Entries)
        {
            if (entry.LastOffset <= last || entry.LastOffset >= end || entry.FirstOffset < 0 || entry.FirstOffset > entry.LastOffset
                || !IsAbortMarker(segment, entry)
                || !BeginsTransaction(segments, entry.FirstOffset, entry.ProducerId)
                || !IsStable(segments, entry))
                return false;
            last = entry.LastOffset;
        }

        return true;
    }

    private static bool IsStable(IReadOnlyList<Segment> segments, AbortedRange entry) =>
        entry.LastStableOffset == entry.LastOffset + 1
        || (entry.LastStableOffset >= 0 && entry.LastStableOffset <= entry.LastOffset && BeginsTransaction(segments, entry.LastStableOffset, producerId: null));

    private static bool IsAbortMarker(Segment segment, AbortedRange entry)
    {
        if (Find(segment, entry.LastOffset) is not { } marker)
            return false;
        var bytes = new byte[marker.Size];
        if (segment.File.Read(bytes, marker.Position) != bytes.Length)
            return false;
        var batch = new RecordBatchView(bytes);
        return batch.IsControl && batch.IsCrcValid && batch.ProducerId == entry.ProducerId
            && TransactionMarker.TryRead(batch, out var read) && !read.IsCommit;
    }

    // What retention or compaction took away cannot contradict anything.
    private static bool BeginsTransaction(IReadOnlyList<Segment> segments, long offset, long? producerId)
    {
        var segment = segments.LastOrDefault(segment => segment.BaseOffset <= offset);
        if (segment is null || Find(segment, offset) is not { } found)
            return true;
        Span<byte> header = stackalloc byte[RecordBatchHeader.SizeInBytes];
        if (segment.File.Read(header, found.Position) != header.Length)
            return false;
        var batch = new RecordBatchView(header);
        return batch.BaseOffset > offset
            || (batch.BaseOffset == offset && batch.IsTransactional && !batch.IsControl && (producerId is null || batch.ProducerId == producerId));
    }

    // The batch that holds the offset, or the next one of the segment.
    private static (int Position, int Size)? Find(Segment segment, long offset)
    {
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        var walk = new HeaderWalk(segment.File, Anchor.AtMost(segment, offset, segment.SizeBytes).Position, segment.SizeBytes, buffer);
        while (walk.MoveNext())
        {
            if (walk.Header.LastOffset >= offset)
                return (walk.Position, walk.SizeInBytes);
        }

        return null;
    }
}

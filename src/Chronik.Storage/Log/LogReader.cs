using System.Buffers.Binary;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Indexes;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Log;

/// <summary>Finds batches in segments. Works on a view, without the partition's locks.</summary>
internal static class LogReader
{
    private const int BatchLengthAt = 8;
    private static readonly ReadResult s_retry = new(ErrorCode.UnknownServerError, default, 0, 0, 0, []);

    /// <summary>A segment of the view was deleted meanwhile: look again with a new view.</summary>
    public static bool IsRetry(in ReadResult result) => result.Error == ErrorCode.UnknownServerError;

    /// <summary>The first offset that is not to be seen.</summary>
    public static long LimitOf(in LogView view, ReadBound bound) => bound switch
    {
        ReadBound.HighWatermark => view.HighWatermark.Offset,
        ReadBound.LastStable => view.LastStableOffset,
        _ => view.End.Offset,
    };

    public static ReadResult Read(in LogView view, LogPosition? known, long offset, int bytesMax, ReadBound bound, bool atLeastOneBatch)
    {
        if (offset < view.StartOffset || offset > view.End.Offset)
            return Result(view, ErrorCode.OffsetOutOfRange, RecordData.Null);
        var limitOffset = LimitOf(view, bound);
        if (offset >= limitOffset)
            return Waiting(view, bound, offset);
        var isStale = false;
        if ((known ?? Locate(view, offset, out isStale)) is not { } start)
            return isStale ? s_retry : Result(view, ErrorCode.CorruptMessage, RecordData.Null);
        if (known is null && !TrySkipEmptied(view, ref start, limitOffset))
            return s_retry;
        if (start.Offset >= limitOffset)
            return Waiting(view, bound, start.Offset);
        if (!start.Segment.TryLease())
            return s_retry;
        try
        {
            return ReadLeased(view, start, offset, bytesMax, bound, limitOffset, atLeastOneBatch);
        }
        finally
        {
            start.Segment.Release();
        }
    }

    // What a transaction holds back comes when it ends. If its marker lies in damage nobody ends it, and nobody must wait without a word.
    private static ReadResult Waiting(in LogView view, ReadBound bound, long offset) =>
        bound == ReadBound.LastStable && offset < view.HighWatermark.Offset && view.FirstUnstable is { IsOpen: true, MayHaveEnded: true }
            ? Result(view, ErrorCode.CorruptMessage, RecordData.Null)
            : Result(view, ErrorCode.None, RecordData.Empty);

    /// <summary>
    /// The batch that holds an offset, or the next behind it; its base offset. The end where there is none; null where it is
    /// damaged, or where a segment left the log meanwhile.
    /// </summary>
    public static LogPosition? Locate(in LogView view, long offset, out bool isStale)
    {
        isStale = false;
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        for (var i = view.SegmentOf(offset); i < view.Segments.Length; i++)
        {
            var segment = view.Segments[i];
            if (!segment.TryLease())
            {
                // Others may have its records now: what follows it here is not what follows the offset.
                isStale = true;
                return null;
            }

            try
            {
                if (OffsetSearch.Find(segment, view.SizeOf(segment), offset, buffer, out var isDamaged) is { } found)
                    return found;
                if (isDamaged)
                    return null;
            }
            finally
            {
                segment.Release();
            }
        }

        return view.End;
    }

    // There are consumers that take an answer without records for the end of the log: batches that compaction emptied come only
    // with what follows them, or where nothing does. False where a segment left the log meanwhile.
    private static bool TrySkipEmptied(in LogView view, ref LogPosition start, long limitOffset)
    {
        Span<byte> header = stackalloc byte[RecordBatchHeader.SizeInBytes];
        for (var at = start; at.Offset < limitOffset;)
        {
            if (!at.Segment.TryLease())
                return false;
            try
            {
                if (at.Segment.File.Read(header, at.Position) != header.Length)
                    return true;
            }
            finally
            {
                at.Segment.Release();
            }

            var batch = new RecordBatchView(header);
            if (batch.RecordCount != 0)
            {
                start = at;
                return true;
            }

            if (Locate(view, batch.NextOffset, out var isStale) is not { } next || next.Offset <= at.Offset)
                return !isStale;
            at = next;
        }

        return true;
    }

    /// <summary>The aborted transactions that overlap a range of offsets.</summary>
    public static IReadOnlyList<AbortedTransaction> CollectAborted(in LogView view, long offset, long endOffset)
    {
        List<AbortedTransaction>? aborted = null;
        for (var i = view.SegmentOf(offset); i < view.Segments.Length; i++)
        {
            foreach (var entry in view.Segments[i].TransactionIndex.Entries)
            {
                if (entry.LastOffset >= offset && entry.FirstOffset < endOffset)
                    (aborted ??= []).Add(new AbortedTransaction(entry.ProducerId, entry.FirstOffset));

                // Transactions whose markers come later began at or behind that last stable offset.
                if (entry.LastStableOffset >= endOffset)
                    return aborted ?? (IReadOnlyList<AbortedTransaction>)[];
            }
        }

        return aborted ?? (IReadOnlyList<AbortedTransaction>)[];
    }

    private static ReadResult ReadLeased(
        in LogView view, LogPosition start, long offset, int bytesMax, ReadBound bound, long limitOffset, bool atLeastOneBatch)
    {
        var segment = start.Segment;
        if (EndIn(view, segment, bound, limitOffset) is not { } end)
            return s_retry;
        if (segment.Cold is { } cold && start.Position < cold.EndPosition)
            end = Math.Min(end, EndOfReadable(cold, start, start.Position + Math.Min(Math.Max(bytesMax, 0), Math.Max(end - start.Position, 0))));
        foreach (var damage in segment.Damage)
        {
            if (damage.Position >= start.Position && damage.FirstOffset >= start.Offset)
                end = Math.Min(end, damage.Position);
        }

        var available = end - start.Position;
        if (available <= 0)
            return Result(view, ErrorCode.CorruptMessage, RecordData.Null);
        var length = Math.Min(available, Math.Max(bytesMax, 0));
        if (length < available && FirstBatchBytes(segment, start.Position) is var first && first > length)
        {
            if (!atLeastOneBatch)
                return Result(view, ErrorCode.None, RecordData.Empty);
            length = Math.Min(first, available);
        }

        // The region's own lease: ours ends with this call.
        if (!segment.TryLease())
            return s_retry;
        var records = new RecordData(new FileRegion(segment, start.Position, length));
        var result = Result(view, ErrorCode.None, records);
        return bound == ReadBound.LastStable ? result with { Aborted = AbortedIn(view, segment, Math.Max(offset, start.Offset), start.Position + length, limitOffset) } : result;
    }

    // The transactions that overlap a few records too many do no harm: clients look at producer ids and offsets.
    private static IReadOnlyList<AbortedTransaction> AbortedIn(in LogView view, Segment segment, long offset, int endPosition, long limitOffset)
    {
        var next = view.SegmentOf(offset) + 1;
        var endOffset = endPosition == segment.SizeBytes && next < view.Segments.Length ? view.Segments[next].BaseOffset : limitOffset;
        return CollectAborted(view, offset, Math.Min(endOffset, limitOffset));
    }

    // Null where a segment left the log meanwhile.
    private static int? EndIn(in LogView view, Segment segment, ReadBound bound, long limitOffset)
    {
        var isStale = false;
        var limit = bound switch
        {
            ReadBound.LogEnd => view.End,
            ReadBound.LastStable when limitOffset < view.HighWatermark.Offset =>
                view.FirstUnstable?.Start ?? LocateLimit(view, limitOffset, out isStale) ?? DamageAt(view, limitOffset),
            _ => view.HighWatermark,
        };
        if (isStale)
            return null;
        if (ReferenceEquals(limit.Segment, segment))
            return limit.Position;

        // The bound lies in a later segment, so this one is complete.
        return limit.Segment.BaseOffset > segment.BaseOffset ? view.SizeOf(segment) : 0;
    }

    private static LogPosition? LocateLimit(in LogView view, long limitOffset, out bool isStale)
    {
        try
        {
            return Locate(view, limitOffset, out isStale);
        }
        catch (UnreadableRangeException unreadable)
        {
            isStale = false;
            return unreadable.Start;
        }
    }

    // What lies before the damage that an offset is in can be read.
    private static LogPosition DamageAt(in LogView view, long offset)
    {
        var segment = view.Segments[view.SegmentOf(offset)];
        var damage = Array.Find(segment.Damage, damage => damage.FirstOffset <= offset && offset < damage.NextOffset);
        return new LogPosition(offset, segment, damage.Position);
    }

    // The batches in front of what the disk does not give are served; who asks for those in it is told.
    private static int EndOfReadable(ColdBytes cold, LogPosition start, int until)
    {
        var examined = cold.Examine(start, until);
        return examined < Math.Min(until, cold.EndPosition) ? examined : int.MaxValue;
    }

    private static int FirstBatchBytes(Segment segment, int position)
    {
        Span<byte> head = stackalloc byte[RecordBatchHeader.LogOverhead];
        return segment.File.Read(head, position) == head.Length
            ? RecordBatchHeader.LogOverhead + BinaryPrimitives.ReadInt32BigEndian(head[BatchLengthAt..])
            : 0;
    }

    private static ReadResult Result(in LogView view, ErrorCode error, RecordData records) =>
        new(error, records, view.HighWatermark.Offset, view.LastStableOffset, view.StartOffset, []);
}

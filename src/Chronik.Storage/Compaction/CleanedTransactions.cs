using Chronik.Records;
using Chronik.Storage.Indexes;
using Chronik.Storage.Log;
using Chronik.Storage.Producers;

namespace Chronik.Storage.Compaction;

/// <summary>
/// The transactions that a walk over a log meets: records of aborted ones may go, and a marker once no record of its
/// transaction is left. The walk begins at the log's start, or at the first dirty offset where only the former is asked.
/// </summary>
internal sealed class CleanedTransactions
{
    private readonly PriorityQueue<AbortedRange, long> _ahead = new();
    private readonly Dictionary<long, (AbortedRange Range, bool HasRecords)> _aborted = [];
    private readonly HashSet<long> _committed = [];

    /// <summary>Where aborted transactions that still have records are listed anew.</summary>
    public TransactionIndex? Index { get; set; }

    /// <summary>Tells of the aborted transactions that overlap a range of offsets.</summary>
    public void AddAborted(in LogView view, long offset, long endOffset)
    {
        for (var i = view.SegmentOf(offset); i < view.Segments.Length; i++)
        {
            foreach (var entry in view.Segments[i].TransactionIndex.Entries)
            {
                if (entry.LastOffset >= offset && entry.FirstOffset < endOffset)
                    _ahead.Enqueue(entry, entry.FirstOffset);
                if (entry.LastStableOffset >= endOffset)
                    return;
            }
        }
    }

    /// <summary>Takes a batch in; true where nothing of it is needed any more: aborted records, the marker of what is gone.</summary>
    public bool IsDiscardable(RecordBatchView batch)
    {
        while (_ahead.TryPeek(out var next, out var firstOffset) && firstOffset <= batch.LastOffset)
        {
            _ahead.Dequeue();
            _aborted.TryAdd(next.ProducerId, (next, HasRecords: false));
        }

        return batch.IsControl ? IsMarkerDiscardable(batch) : batch.IsTransactional && IsAborted(batch.ProducerId);
    }

    private bool IsAborted(long producerId)
    {
        if (!_aborted.TryGetValue(producerId, out var aborted))
        {
            _committed.Add(producerId);
            return false;
        }

        _aborted[producerId] = aborted with { HasRecords = true };
        return true;
    }

    private bool IsMarkerDiscardable(RecordBatchView batch)
    {
        // A marker that was emptied stands for the end of its transaction no more.
        if (batch.RecordCount == 0)
            return true;
        if (!TransactionMarker.TryRead(batch, out var marker))
            return false;
        if (marker.IsCommit)
            return !_committed.Remove(batch.ProducerId);
        if (!_aborted.Remove(batch.ProducerId, out var aborted) || !aborted.HasRecords)
            return true;
        Index?.Append(aborted.Range);
        return false;
    }
}

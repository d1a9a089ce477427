using System.Buffers.Binary;
using Chronik.Records;
using Chronik.Storage.Indexes;
using Chronik.Storage.Producers;

namespace Chronik.Storage.Verification;

/// <summary>Holds a transaction index against the transaction markers of its segment.</summary>
internal sealed class TransactionIndexCheck
{
    public const int EntryBytes = 34;

    private readonly FileEntries _entries;
    private readonly SegmentPlace _place;
    private readonly OpenTransactions _open;
    private readonly bool _isFromStart;
    private AbortedRange _entry;
    private bool _has;

    /// <param name="entries">The index.</param>
    /// <param name="place">Its segment.</param>
    /// <param name="open">What was open where the segment begins.</param>
    /// <param name="isFromStart">Whether that is known of every transaction: nothing of the log was deleted or is damaged.</param>
    public TransactionIndexCheck(FileEntries entries, SegmentPlace place, OpenTransactions open, bool isFromStart)
    {
        _entries = entries;
        _place = place;
        _open = open;
        _isFromStart = isFromStart;
        _entry = new AbortedRange(0, 0, place.BaseOffset - 1, 0);
        if (entries.IsMisshapen)
            Problems.Add("its length is not one of whole entries");
        Advance();
    }

    public IndexProblems Problems { get; } = new();

    public void OnPart(in LogPart part, FileWindow log)
    {
        var header = part.Header;
        if (part.Kind != LogPartKind.Batch || (header.RecordCount == 0 && !header.IsControl))
        {
            // What a repair or compaction left of a marker is its offset.
            while (_has && _entry.LastOffset < part.NextOffset)
                Advance();
        }
        else if (header.IsControl)
        {
            if (TransactionMarker.TryRead(new RecordBatchView(log.Copy(part.Position, header.SizeInBytes)), out var marker))
                OnMarker(header, marker);
        }
        else if (header.IsTransactional && header.ProducerId >= 0)
        {
            _open.Begin(header.ProducerId, header.BaseOffset);
        }
    }

    public void Finish()
    {
        while (_has)
        {
            Unmatched();
            Advance();
        }
    }

    private void OnMarker(in BatchHeader header, TransactionMarker marker)
    {
        while (_has && _entry.LastOffset < header.LastOffset)
        {
            Unmatched();
            Advance();
        }

        var first = _open.End(header.ProducerId);
        if (marker.IsCommit)
            return;
        var isCompacted = _place.Gaps.IsCompacted(header.LastOffset);
        if (!_has || _entry.LastOffset != header.LastOffset)
        {
            if (first is not null && !isCompacted)
                Problems.Add($"the aborted transaction of producer {header.ProducerId} that ends at {header.LastOffset} is not in it");
            return;
        }

        var stable = Math.Min(_open.FirstOffset ?? long.MaxValue, header.LastOffset + 1);
        if (_entry.ProducerId != header.ProducerId || (_isFromStart && !isCompacted && _entry.FirstOffset != first) || _entry.FirstOffset > header.LastOffset)
            Problems.Add($"entry {_entries.Index} does not fit the marker at {header.LastOffset}", _entries.Position);
        else if (_entry.LastStableOffset > header.LastOffset + 1 || (_isFromStart && !isCompacted && _entry.LastStableOffset != stable))
            Problems.Add($"entry {_entries.Index} has the last stable offset {_entry.LastStableOffset}, not {stable}", _entries.Position);
        Advance();
    }

    private void Unmatched()
    {
        if (!_place.Gaps.IsCompacted(_entry.LastOffset))
            Problems.Add($"entry {_entries.Index} tells of a marker at {_entry.LastOffset}, where none is", _entries.Position);
    }

    private void Advance()
    {
        while (_has = _entries.MoveNext())
        {
            var bytes = _entries.Current;
            var entry = new AbortedRange(
                BinaryPrimitives.ReadInt64BigEndian(bytes[2..]), BinaryPrimitives.ReadInt64BigEndian(bytes[10..]),
                BinaryPrimitives.ReadInt64BigEndian(bytes[18..]), BinaryPrimitives.ReadInt64BigEndian(bytes[26..]));
            if (BinaryPrimitives.ReadInt16BigEndian(bytes) == 0 && entry.LastOffset > _entry.LastOffset)
            {
                _entry = entry;
                return;
            }

            Problems.Add($"entry {_entries.Index} is of another version, or not above the one before", _entries.Position);
        }
    }
}

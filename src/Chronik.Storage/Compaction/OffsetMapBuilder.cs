using Chronik.Records;
using Chronik.Storage.Log;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Compaction;

/// <summary>Notes the last offset of each key in the dirty part of a log, a buffer at a time, until the end or the map is full.</summary>
internal sealed class OffsetMapBuilder
{
    private readonly LogView _view;
    private readonly CleanableLog _target;
    private readonly OffsetMap _map;
    private readonly BatchSource _source;
    private readonly CompactionStats _stats;
    private readonly CleanedTransactions _transactions = new();
    private int _segment;

    public OffsetMapBuilder(in LogView view, CleanableLog target, OffsetMap map, BatchSource source, CompactionStats stats)
    {
        _view = view;
        _target = target;
        _map = map;
        _source = source;
        _stats = stats;
        _transactions.AddAborted(view, target.FirstDirtyOffset, target.FirstUncleanableOffset);
        _segment = view.SegmentOf(target.FirstDirtyOffset);
        BeginSegment();
    }

    private bool IsAtEnd => _view.Segments[_segment].BaseOffset >= _target.FirstUncleanableOffset;

    /// <summary>Reads one buffer; true when the map is as complete as it gets.</summary>
    public bool Step()
    {
        while (!IsAtEnd && _source.IsAtEnd)
        {
            // Where compaction left nothing there may be a gap up to the next segment.
            _segment++;
            _map.LatestOffset = Math.Max(_map.LatestOffset, _view.Segments[_segment].BaseOffset - 1);
            BeginSegment();
        }

        if (IsAtEnd)
            return true;
        var position = _source.Position;
        _source.Fill();
        while (_source.TryNext(out var batch))
        {
            if (!TryTake(batch))
                return true;
        }

        _stats.MapBytesRead += _source.Position - position;
        return false;
    }

    private void BeginSegment()
    {
        if (IsAtEnd)
            return;
        var segment = _view.Segments[_segment];
        _source.Begin(segment, Anchor.AtMost(segment, _target.FirstDirtyOffset, segment.SizeBytes).Position, _view.Segments[_segment + 1].BaseOffset);
    }

    private bool TryTake(RecordBatchView batch)
    {
        var isDiscardable = _transactions.IsDiscardable(batch);
        if (!batch.IsControl && !isDiscardable && batch.LastOffset >= _target.FirstDirtyOffset && batch.RecordCount > 0)
        {
            foreach (var record in new RecordBatchReader(batch))
            {
                if (!record.IsKeyNull && record.Offset >= _target.FirstDirtyOffset && !_map.TryPut(record.Key, record.Offset))
                    return false;
            }
        }

        if (batch.LastOffset >= _target.FirstDirtyOffset)
            _map.LatestOffset = batch.LastOffset;
        return true;
    }
}

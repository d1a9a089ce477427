using System.Buffers.Binary;
using Chronik.Records;
using Chronik.Storage.Log;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Recovery;

/// <summary>
/// Takes what follows the recovery point into a segment, batch by batch, and rebuilds its indexes. Ends at a torn tail;
/// steps over damage. What is the one and what the other is decided here: see docs/formats/damage.md.
/// </summary>
internal sealed class SegmentScan
{
    private readonly Segment _segment;
    private readonly LeaderEpochs _epochs;
    private readonly ScanBounds _bounds;
    private readonly int _indexIntervalBytes;
    private readonly int _fileBytes;

    public SegmentScan(Segment segment, LeaderEpochs epochs, LogConfig config, ScanBounds bounds)
    {
        _segment = segment;
        _epochs = epochs;
        _bounds = bounds;
        _indexIntervalBytes = config.IndexIntervalBytes;
        _fileBytes = (int)Math.Min(segment.File.Length, int.MaxValue);
    }

    /// <summary>Behind the last batch or damage.</summary>
    public long NextOffset { get; private set; }

    /// <summary>Compaction left gaps in it.</summary>
    public bool HasGaps { get; private set; }

    /// <summary>Ranges that were stepped over.</summary>
    public List<DamagedRange> Damage { get; } = [];

    /// <summary>Scans from a batch boundary, where the segment's size stands, to the end of the file.</summary>
    public void Run(LogPosition from)
    {
        NextOffset = from.Offset;
        using var walk = new CheckedWalk(_segment, from, _fileBytes, _bounds.Following, _epochs);
        while (true)
        {
            var step = walk.MoveNext();
            HasGaps = walk.HasGaps;
            switch (step)
            {
                case WalkStep.Batch:
                    var batch = walk.Batch;
                    _epochs.Observe(batch.PartitionLeaderEpoch, batch.BaseOffset);
                    _segment.Account(batch, _indexIntervalBytes);
                    NextOffset = batch.NextOffset;
                    break;
                case WalkStep.Damage when IsTorn(walk.Damage.Position, walk.Damage.End):
                    return;
                case WalkStep.Damage:
                    StepOver(walk.Damage.End, walk.Damage.NextOffset);
                    break;
                case WalkStep.Tail:
                    EndWithTail();
                    return;
                default:
                    EndAtBoundary();
                    return;
            }
        }
    }

    private bool IsTorn(int position, int end) =>
        _bounds.MayBeTorn && NextOffset >= _bounds.Durable && PowerCutTrace.LooksUnwritten(_segment.File, position, end);

    private void StepOver(int position, long offset)
    {
        Damage.Add(new DamagedRange(NextOffset, offset, _segment.SizeBytes, position));
        _segment.Skip(position - _segment.SizeBytes);
        NextOffset = offset;
    }

    // No right batch is behind: what was there?
    private void EndWithTail()
    {
        var position = _segment.SizeBytes;
        if (NextOffset >= _bounds.Following || IsTorn(position, _fileBytes))
            return;
        var (whole, offset) = WholeBatches(position);
        if (NextOffset < _bounds.Durable || (_bounds.Following is not null && (whole > position || !_bounds.MayBeTorn)))
            StepOver(_fileBytes, _bounds.Following ?? Math.Max(_bounds.Durable, offset));
        else if (whole > position && !_bounds.WasClosedCleanly)
            StepOver(whole, offset);
    }

    private void EndAtBoundary()
    {
        var end = _bounds.Following ?? _bounds.Durable;
        if (NextOffset >= end || (NextOffset >= _bounds.Durable && _bounds.MayBeTorn))
            return;
        if (_bounds.Following is null || !(_bounds.MayEndInGap || HasGaps))
            StepOver(_fileBytes, end);
    }

    // Batches that were written in full, so what is wrong in them happened later: their headers lead on, up to the file's end.
    private (int Position, long Offset) WholeBatches(int position)
    {
        var offset = NextOffset;
        var header = new byte[RecordBatchHeader.SizeInBytes];
        while (_segment.File.Read(header, position) == header.Length)
        {
            var batch = new RecordBatchView(header);
            var span = SpanOf(batch);
            var size = (long)RecordBatchHeader.LogOverhead + batch.BatchLength;
            var isToTheEnd = position + size == _fileBytes;
            var looksRight = batch.BaseOffset == offset && batch.Magic == RecordBatchHeader.CurrentMagic;
            if (!isToTheEnd && HasWrongLength(position, batch))
                (size, isToTheEnd) = (_fileBytes - position, true);
            if (size < RecordBatchHeader.SizeInBytes || position + size > _fileBytes || !(isToTheEnd || looksRight))
                break;
            position += (int)size;
            offset += span;
        }

        return (position, offset);
    }

    // Offsets that were given out must not be given again, so of two numbers that should agree the larger counts.
    private static long SpanOf(RecordBatchView batch)
    {
        const int Believable = 1 << 20;
        var (delta, count) = (batch.LastOffsetDelta, batch.RecordCount);
        var larger = Math.Max(delta + 1L, count);
        var smaller = Math.Min(delta + 1L, count);
        return Math.Max(1, larger <= Believable ? larger : smaller);
    }

    private bool HasWrongLength(int position, RecordBatchView batch)
    {
        var bytes = new byte[_fileBytes - position];
        if (bytes.Length < RecordBatchHeader.SizeInBytes || _segment.File.Read(bytes, position) != bytes.Length)
            return false;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(sizeof(long)), bytes.Length - RecordBatchHeader.LogOverhead);
        return new RecordBatchView(bytes) is { IsCrcValid: true } && batch.Magic == RecordBatchHeader.CurrentMagic;
    }
}

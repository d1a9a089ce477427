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

    /// <summary>A batch has a producer id.</summary>
    public bool HasProducers { get; private set; }

    /// <summary>A batch ends a transaction, or is another that clients are not shown.</summary>
    public bool HasMarkers { get; private set; }

    /// <summary>Ranges that were stepped over.</summary>
    public List<DamagedRange> Damage { get; } = [];

    /// <summary>Scans from a batch boundary, where the segment's size stands, to the end of the file.</summary>
    public void Run(LogPosition from)
    {
        while (!TryRun(from))
            from = new LogPosition(NextOffset, _segment, _segment.SizeBytes);
    }

    // False where it wrote something, so that what was read before is no longer what is there.
    private bool TryRun(LogPosition from)
    {
        NextOffset = from.Offset;
        using var walk = new CheckedWalk(_segment, from, _fileBytes, _bounds.Following, _epochs, _bounds.MayEndInGap);
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
                    HasProducers |= batch.HasProducerId;
                    HasMarkers |= batch.IsControl;
                    NextOffset = batch.NextOffset;
                    break;
                case WalkStep.Damage or WalkStep.Tail when TryWriteOffset():
                    return false;
                case WalkStep.Damage when IsTorn(walk.Damage.Position, walk.Damage.End):
                    return true;
                case WalkStep.Damage:
                    StepOver(walk.Damage.End, walk.Damage.NextOffset);
                    break;
                case WalkStep.Tail:
                    EndWithTail();
                    return true;
                default:
                    EndAtBoundary();
                    return true;
            }
        }
    }

    private bool IsTorn(int position, int end) =>
        _bounds.MayBeTorn && NextOffset >= _bounds.Durable && PowerCutTrace.LooksUnwritten(_segment.File, position, end, NextOffset);

    // Of a batch that begins with the last bytes of a sector a power cut may take its offset alone. That one is known, and with it nothing
    // is wrong: whether it was never written, or a bit of it flipped, need not be decided.
    private bool TryWriteOffset()
    {
        var position = _segment.SizeBytes;
        if (!_bounds.MayBeTorn || NextOffset < _bounds.Durable || !PowerCutTrace.LacksOffsetOnly(_segment.File, position, _fileBytes, NextOffset))
            return false;
        Span<byte> offset = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(offset, NextOffset);
        _segment.File.Write(offset, position);
        _segment.File.Sync();
        return true;
    }

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
            StepOver(_fileBytes, _bounds.Following ?? (_bounds.WasClosedCleanly ? _bounds.Durable : Math.Max(_bounds.Durable, offset)));
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
        while (_fileBytes - position >= RecordBatchHeader.SizeInBytes)
        {
            var rest = new byte[_fileBytes - position];
            if (_segment.File.Read(rest, position) != rest.Length)
                break;
            var batch = new RecordBatchView(rest);
            var size = RecordBatchHeader.LogOverhead + (long)batch.BatchLength;
            var looksRight = batch.Magic == RecordBatchHeader.CurrentMagic && size >= RecordBatchHeader.SizeInBytes
                && (batch.BaseOffset == offset || (size <= rest.Length && batch.IsCrcValid));
            if ((!looksRight || size > rest.Length) && size != rest.Length)
            {
                if (!HasWrongLength(rest))
                    break;
                size = rest.Length;
            }

            offset += SpanOf(rest.AsSpan(0, (int)size));
            position += (int)size;
        }

        return (position, offset);
    }

    // Offsets that were given out must not be given again. Of two numbers that should agree, the checksum says which is right.
    private static long SpanOf(Span<byte> bytes)
    {
        const int LastOffsetDeltaAt = 23;
        const int RecordCountAt = 57;
        const int Believable = 1 << 20;
        var batch = new RecordBatchView(bytes);
        var (byDelta, byCount) = (batch.LastOffsetDelta + 1L, (long)batch.RecordCount);
        if (byDelta == byCount)
            return Math.Max(1, byDelta);
        if (IsRightWith(bytes, LastOffsetDeltaAt, (int)byCount - 1))
            return Math.Max(1, byCount);
        if (IsRightWith(bytes, RecordCountAt, (int)byDelta))
            return Math.Max(1, byDelta);
        var larger = Math.Max(byDelta, byCount);
        return Math.Max(1, larger <= Believable ? larger : Math.Min(byDelta, byCount));
    }

    // The checksum does not cover the length, so with the right one it is right.
    private static bool HasWrongLength(Span<byte> bytes)
    {
        const int BatchLengthAt = 8;
        return new RecordBatchView(bytes).Magic == RecordBatchHeader.CurrentMagic && IsRightWith(bytes, BatchLengthAt, bytes.Length - RecordBatchHeader.LogOverhead);
    }

    private static bool IsRightWith(Span<byte> bytes, int at, int value)
    {
        var field = bytes.Slice(at, sizeof(int));
        var before = BinaryPrimitives.ReadInt32BigEndian(field);
        BinaryPrimitives.WriteInt32BigEndian(field, value);
        var isRight = new RecordBatchView(bytes).IsCrcValid;
        BinaryPrimitives.WriteInt32BigEndian(field, before);
        return isRight;
    }
}

using Chronik.Storage.Log;
using Microsoft.Extensions.Logging;

namespace Chronik.Storage.Segments;

/// <summary>
/// The part of a segment that an earlier process wrote and recovery did not look at. It is examined when it is read for the
/// first time, from a known batch boundary on, and what was examined is remembered: a few stretches, that grow together. Bytes that the
/// disk does not give lie between two stretches, so they are read again when somebody asks for them again, and judged only then.
/// </summary>
internal sealed class ColdBytes
{
    private const int StretchesMax = 32;
    private readonly Lock _lock = new();
    private readonly Segment _segment;
    private readonly LogPosition _end;
    private readonly bool _mayHaveGaps;
    private bool _mayEndInGap;
    private bool _hasReportedBatchOffsets;
    private readonly LeaderEpochs _epochs;
    private readonly ILogger _logger;
    private readonly List<Stretch> _stretches = [];

    // Only so that each is told once: whether they can be read is found out each time.
    private readonly List<DamagedRange> _toldUnreadable = [];

    /// <param name="segment">Whose bytes.</param>
    /// <param name="end">Where they end, and the offset at which what lies behind them begins.</param>
    /// <param name="mayEndInGap">Whether nothing is known of what lies in front of that.</param>
    /// <param name="mayHaveGaps">Whether compaction may have taken records, also the last ones.</param>
    /// <param name="epochs">The leader epochs of the partition.</param>
    /// <param name="logger">Where damage is told.</param>
    public ColdBytes(Segment segment, LogPosition end, bool mayEndInGap, bool mayHaveGaps, LeaderEpochs epochs, ILogger logger)
    {
        _segment = segment;
        _end = end;
        _mayEndInGap = mayEndInGap || mayHaveGaps;
        _mayHaveGaps = mayHaveGaps;
        _epochs = epochs;
        _logger = logger;
    }

    /// <summary>What starts from here on was not written by an earlier process, or was looked at by recovery.</summary>
    public int EndPosition => _end.Position;

    /// <summary>Examines the batch that holds an offset, and all between it and the last place that is known.</summary>
    /// <returns>A batch boundary in what was examined, at or before that batch.</returns>
    /// <exception cref="UnreadableRangeException">That batch cannot be read.</exception>
    public LogPosition Examine(long offset)
    {
        lock (_lock)
        {
            var stretch = StretchOf(offset);
            return new LogPosition(stretch.StartOffset, _segment, stretch.Start);
        }
    }

    /// <summary>Examines whole batches from a certain boundary on, up to a position or the end of the cold part.</summary>
    /// <returns>Up to where is examined now; less than was asked for where what follows cannot be read.</returns>
    /// <exception cref="UnreadableRangeException">The batch at that boundary cannot be read.</exception>
    public int Examine(LogPosition start, int end)
    {
        lock (_lock)
        {
            var stretch = StretchOf(start.Offset);
            while (stretch.End < Math.Min(end, _end.Position))
            {
                if (Grow(stretch, end, long.MinValue) is not null)
                    break;
            }

            return stretch.End;
        }
    }

    private Stretch StretchOf(long offset)
    {
        var index = _stretches.FindLastIndex(stretch => stretch.StartOffset <= offset);
        if (index >= 0 && offset < _stretches[index].NextOffset)
            return _stretches[index];
        var anchor = Anchor.AtMost(_segment, offset, _end.Position);
        var found = index < 0 || anchor.Position > _stretches[index].End ? Begin(anchor.Position, anchor.Offset) : _stretches[index];
        while (found.NextOffset <= offset && found.End < _end.Position)
        {
            if (Grow(found, found.End, offset) is not { } unreadable)
                continue;
            if (offset < unreadable.Range.NextOffset)
                throw unreadable.ToException(_segment);
            found = _stretches.Find(stretch => stretch.Start == unreadable.Range.End) ?? Begin(unreadable.Range.End, unreadable.Range.NextOffset);
        }

        return found;
    }

    private Stretch Begin(int position, long offset)
    {
        if (_stretches.Count == StretchesMax)
            _stretches.Remove(_stretches.MinBy(static stretch => stretch.End - stretch.Start)!);
        var stretch = new Stretch { Start = position, End = position, StartOffset = offset, NextOffset = offset };
        _stretches.Insert(_stretches.FindLastIndex(other => other.StartOffset <= offset) + 1, stretch);
        return stretch;
    }

    // Until both the position and the offset lie behind, or it meets the next stretch, which it swallows, or what cannot be read.
    private Unreadable? Grow(Stretch stretch, int untilPosition, long untilOffset)
    {
        var index = _stretches.IndexOf(stretch);
        var next = index + 1 < _stretches.Count ? _stretches[index + 1] : null;
        var limit = next is null ? _end : new LogPosition(next.StartOffset, _segment, next.Start);
        var from = new LogPosition(stretch.NextOffset, _segment, stretch.End);
        using var walk = new CheckedWalk(_segment, from, limit.Position, limit.Offset, _epochs, _mayHaveGaps, stepsOverUnreadable: true);
        do
        {
            var step = walk.MoveNext();
            _mayEndInGap |= walk.HasGaps;
            ReportBatchOffsets();
            switch (step)
            {
                case WalkStep.Damage when walk.IsUnreadable:
                    return Tell(walk.Damage, walk);
                case WalkStep.Tail when walk.IsUnreadable:
                    return Tell(new DamagedRange(walk.NextOffset, limit.Offset, walk.Position, limit.Position), walk);
                case WalkStep.Damage:
                    Report(walk.Damage);
                    break;
                case WalkStep.Tail:
                    Report(new DamagedRange(walk.NextOffset, limit.Offset, walk.Position, limit.Position));
                    Reach(stretch, limit, next);
                    return null;
                case WalkStep.End:
                    if (limit.Position == _end.Position && walk.NextOffset < limit.Offset && (!_mayEndInGap || walk.LacksEnd))
                        Report(new DamagedRange(walk.NextOffset, limit.Offset, limit.Position, limit.Position));
                    Reach(stretch, limit, next);
                    return null;
            }

            stretch.End = walk.EndPosition;
            stretch.NextOffset = walk.NextOffset;
        }
        while (stretch.End < untilPosition || stretch.NextOffset <= untilOffset || stretch.End == limit.Position);
        return null;
    }

    private void Reach(Stretch stretch, LogPosition limit, Stretch? next)
    {
        stretch.End = limit.Position;
        stretch.NextOffset = limit.Offset;
        if (next is not null)
        {
            stretch.End = next.End;
            stretch.NextOffset = next.NextOffset;
            _stretches.Remove(next);
        }

        _toldUnreadable.RemoveAll(told => told.Position >= stretch.Start && told.End <= stretch.End);
        if (stretch.Start == 0 && stretch.End == _end.Position)
        {
            _segment.Cold = null;
            _segment.BatchOffsets.Forget();
        }
    }

    private void Report(DamagedRange damage)
    {
        if (_segment.AddDamage(damage))
            _logger.DamageFound(_segment.File.Path, damage.Position, damage.End, damage.FirstOffset, damage.NextOffset);
    }

    private Unreadable Tell(DamagedRange range, CheckedWalk walk)
    {
        var unreadable = new Unreadable(range, walk.ReadError!);
        if (_toldUnreadable.Contains(range))
            return unreadable;
        if (_toldUnreadable.Count == StretchesMax)
            _toldUnreadable.RemoveAt(0);
        _toldUnreadable.Add(range);
        _logger.BytesUnreadable(_segment.File.Path, range.Position, range.End, unreadable.Error.Message, range.FirstOffset, range.NextOffset);
        return unreadable;
    }

    private void ReportBatchOffsets()
    {
        if (_hasReportedBatchOffsets || _segment.BatchOffsets.Problem is not { } problem)
            return;
        _hasReportedBatchOffsets = true;
        _logger.BatchOffsetsDamaged(_segment.BatchOffsets.Path, problem);
    }

    private readonly record struct Unreadable(DamagedRange Range, IOException Error)
    {
        public UnreadableRangeException ToException(Segment segment) =>
            new(new LogPosition(Range.FirstOffset, segment, Range.Position), Range, Error);
    }

    private sealed class Stretch
    {
        public int Start { get; init; }

        public long StartOffset { get; init; }

        public int End { get; set; }

        public long NextOffset { get; set; }
    }
}

using Chronik.Storage.Segments;

namespace Chronik.Storage.Log;

/// <content>Old segments leave the log.</content>
internal sealed partial class PartitionLog
{
    // Below the log's start, and not yet deleted; guarded by the append lock.
    private readonly List<Segment> _doomed = [];
    private long _savedStart;

    /// <summary>The topic's settings are known. Before, nothing is deleted: the defaults would delete what a topic keeps for ever.</summary>
    public bool HasConfig { get; set; }

    /// <summary>
    /// Deletes the segments that lie before the log's start, and those that retention.bytes and retention.ms no longer hold;
    /// true if any went. The active one goes as well when it is due, after a roll.
    /// </summary>
    public bool ApplyRetention()
    {
        var nowMs = _context.NowMs;
        var config = _config;
        lock (_appendLock)
        {
            if (_state != LogState.Online || _isCleaning || !HasConfig)
                return false;
            var count = CountDeletable(config, nowMs);
            if (count > 0 && count == _segments.Length && !TryRoll(config, nowMs))
                count--;
            if (count == 0)
                return false;
            AdvanceStartLocked(Math.Max(_startOffset, _segments[count].BaseOffset));
            return true;
        }
    }

    /// <summary>The log's start is durable, at least up to here.</summary>
    public void OnStartSaved(long start) => Interlocked.Exchange(ref _savedStart, Math.Max(start, Interlocked.Read(ref _savedStart)));

    /// <summary>
    /// Deletes the files of segments below the log's start. A crash may leave any of them: so first the start must be durable,
    /// that they are not missed, and a snapshot of the producers that needs none of their records.
    /// </summary>
    public async ValueTask DeleteDoomedAsync()
    {
        lock (_appendLock)
        {
            if (_doomed.Count == 0 || _isReleased)
                return;
        }

        if (RecoveryPoint < View().Segments[0].BaseOffset)
            await CheckpointAsync();
        lock (_appendLock)
        {
            var covered = Math.Min(RecoveryPoint, Interlocked.Read(ref _savedStart));
            var count = 0;
            while (count < _doomed.Count && !_isReleased && (count + 1 < _doomed.Count ? _doomed[count + 1] : _segments[0]).BaseOffset <= covered)
                count++;
            if (count == 0)
                return;
            Retire(_doomed[..count].ToArray());
            _doomed.RemoveRange(0, count);
            _directoryIsDirty = true;
        }
    }

    private int CountDeletable(LogConfig config, long nowMs)
    {
        var size = SizeBytes;
        var count = 0;
        foreach (var segment in _segments)
        {
            var isLast = count + 1 == _segments.Length;
            var nextOffset = isLast ? _end.Offset : _segments[count + 1].BaseOffset;
            if (nextOffset > _highWatermark.Offset || (isLast && segment.SizeBytes == 0))
                break;
            var isBeforeStart = !isLast && nextOffset <= _startOffset;
            var isTooMuch = config.RetentionBytes >= 0 && size - segment.SizeBytes >= config.RetentionBytes;
            var isTooOld = config.RetentionMs >= 0 && AgeMs(segment, nowMs) > config.RetentionMs;
            if (!isBeforeStart && !isTooMuch && !isTooOld)
                break;
            size -= segment.SizeBytes;
            count++;
        }

        return count;
    }

    // Where there is no room for a new segment, the old ones go first.
    private bool TryRoll(LogConfig config, long nowMs)
    {
        try
        {
            Roll(config, nowMs);
            return true;
        }
        catch (IOException error)
        {
            _context.Logger.MaintenanceFailed(TopicPartition.ToString(), error);
            return false;
        }
    }

    // Records without timestamps age with their segment. Those of the future keep it until their time has come, as in Kafka.
    private static long AgeMs(Segment segment, long nowMs) =>
        nowMs - (segment.LargestTimestamp >= 0 ? segment.LargestTimestamp : segment.CreatedMs);

    private void AdvanceStartLocked(long start)
    {
        var view = View();

        // What is being compacted leaves the log when that is done.
        var first = _isCleaning ? 0 : view.SegmentOf(start);
        lock (_viewLock)
        {
            _startOffset = start;
            _segments = _segments[first..];

            // What is durable may end in a segment that goes now, at the offset where the next one starts.
            if (!Array.Exists(_segments, segment => ReferenceEquals(segment, _durable.Segment)))
                _durable = new LogPosition(Math.Max(_durable.Offset, _segments[0].BaseOffset), _segments[0], 0);
        }

        _epochs.TrimTo(start);
        if (first == 0)
            return;
        _doomed.AddRange(view.Segments.AsSpan(0, first));
        _context.Logger.SegmentsDeleted(TopicPartition, first, start);
    }

    private void Retire(ReadOnlySpan<Segment> segments)
    {
        var delayMs = _config.FileDeleteDelayMs;
        foreach (var segment in segments)
        {
            try
            {
                if (delayMs == 0)
                    segment.Delete();
                else
                    _context.Deleted.Add(segment.Retire(), delayMs);
            }
            catch (IOException error)
            {
                // The files stay, below the log's start: the next start of the server finds and deletes them.
                _context.Logger.MaintenanceFailed(TopicPartition.ToString(), error);
            }
        }
    }
}

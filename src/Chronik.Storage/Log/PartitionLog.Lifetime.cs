using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Recovery;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Log;

/// <content>Trimming, retention, closing and deleting.</content>
internal sealed partial class PartitionLog
{
    // Guarded by the view lock: nobody may wait any more, nothing would ever complete him.
    private bool _hasFailed;

    public async ValueTask<long> TrimAsync(long offset)
    {
        long start;
        lock (_appendLock)
        {
            start = Math.Min(offset, _highWatermark.Offset);
            if (start <= _startOffset)
                return _startOffset;
            AdvanceStartLocked(start);
        }

        await _context.SaveLogStarts();
        return start;
    }

    /// <summary>Deletes the segments that retention.ms and retention.bytes no longer hold; true if the log's start moved.</summary>
    public bool ApplyRetention()
    {
        var nowMs = _context.NowMs;
        var config = _config;
        lock (_appendLock)
        {
            if (_state != LogState.Online)
                return false;
            if (config.RetentionMs >= 0 && Active.SizeBytes > 0 && IsExpired(Active, config, nowMs) && _end.Offset == _highWatermark.Offset)
                Roll(config, nowMs);
            var size = SizeBytes;
            var start = _startOffset;
            for (var i = 0; i < _segments.Length - 1 && _segments[i + 1].BaseOffset <= _highWatermark.Offset; i++)
            {
                var segment = _segments[i];
                var isTooMuch = config.RetentionBytes >= 0 && size - segment.SizeBytes >= config.RetentionBytes;
                var isTooOld = config.RetentionMs >= 0 && IsExpired(segment, config, nowMs);
                if (!isTooMuch && !isTooOld)
                    break;
                size -= segment.SizeBytes;
                start = _segments[i + 1].BaseOffset;
            }

            if (start <= _startOffset)
                return false;
            AdvanceStartLocked(start);
            return true;
        }
    }

    /// <summary>
    /// Gives the log its topic's identity where it has none: a crash in its first moments left it without, or it is from a Kafka
    /// before 2.8.
    /// </summary>
    public void AdoptTopicId(TopicId topicId)
    {
        lock (_appendLock)
        {
            if (TopicId != TopicId.None || topicId == TopicId.None)
                return;
            AtomicFile.Write(_context.Files, $"{_directory}/{PartitionMetadata.FileName}", PartitionMetadata.Format(topicId));
            TopicId = topicId;
        }
    }

    /// <summary>Refuses appends from now on, makes everything durable, and closes the files. Returns the recovery point.</summary>
    public async ValueTask<long> CloseAsync()
    {
        lock (_appendLock)
        {
            if (_state == LogState.Online)
                _state = LogState.Closed;
        }

        try
        {
            return await CheckpointAsync();
        }
        finally
        {
            Release(LogState.Closed);
        }
    }

    /// <summary>Gives the files up; they stay open for those who read them.</summary>
    public void Release(LogState state)
    {
        DurableWaiterList waiters = default;
        lock (_appendLock)
        {
            if (_isReleased)
                return;
            _isReleased = true;
            _state = state;
            lock (_viewLock)
            {
                _hasFailed = true;
                _waiters.MoveTo(ref waiters, long.MaxValue, StateError());
            }

            foreach (var segment in _segments)
                segment.Release();
        }

        waiters.CompleteAll();
    }

    private bool _isReleased;

    // Messages without timestamps age with their segment.
    private static bool IsExpired(Segment segment, LogConfig config, long nowMs) =>
        nowMs - (segment.LargestTimestamp >= 0 ? segment.LargestTimestamp : segment.CreatedMs) > config.RetentionMs;

    private void AdvanceStartLocked(long start)
    {
        var view = View();
        var first = view.SegmentOf(start);
        lock (_viewLock)
        {
            _startOffset = start;
            _segments = _segments[first..];

            // What is durable may end in a segment that goes now, at the offset where the next one starts.
            if (!Array.Exists(_segments, segment => ReferenceEquals(segment, _durable.Segment)))
                _durable = new LogPosition(Math.Max(_durable.Offset, _segments[0].BaseOffset), _segments[0], 0);
        }

        _epochs.TrimTo(start);
        foreach (var segment in view.Segments.AsSpan(0, first))
            segment.Delete();
        if (first == 0)
            return;
        _directoryIsDirty = true;
        _context.Logger.SegmentsDeleted(TopicPartition, first, start);
    }
}

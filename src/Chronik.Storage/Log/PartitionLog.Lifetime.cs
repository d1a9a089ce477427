using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Recovery;

namespace Chronik.Storage.Log;

/// <content>Trimming, closing and deleting.</content>
internal sealed partial class PartitionLog
{
    // Guarded by the view lock: nobody may wait any more, nothing would ever complete him.
    private bool _hasFailed;

    public async ValueTask<long> TrimAsync(long offset)
    {
        long start;
        lock (_appendLock)
        {
            start = Math.Max(_startOffset, Math.Min(offset, _highWatermark.Offset));
            if (start > _startOffset)
                AdvanceStartLocked(start);
        }

        // Also where it stood there already: whoever moved it may have failed to make that durable.
        if (Interlocked.Read(ref _savedStart) < start)
            await _context.SaveLogStarts();
        await TryDeleteDoomedAsync();
        return start;
    }

    // The trim is durable: what the disk does not let go now is deleted by the next look at retention.
    private async ValueTask TryDeleteDoomedAsync()
    {
        try
        {
            await DeleteDoomedAsync();
        }
        catch (IOException error)
        {
            if (!_context.Disk.WasFull(error))
                _context.Logger.MaintenanceFailed(TopicPartition.ToString(), error);
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
            Label(topicId);
        }
    }

    /// <summary>Writes a label anew that is damaged.</summary>
    public void Relabel(TopicId topicId)
    {
        lock (_appendLock)
        {
            if (TopicId == topicId)
                return;
            _context.Logger.Relabelled(TopicPartition, TopicId, topicId);
            Label(topicId);
        }
    }

    private void Label(TopicId topicId)
    {
        AtomicFile.Write(_context.Files, $"{_directory}/{PartitionMetadata.FileName}", PartitionMetadata.Format(topicId));
        TopicId = topicId;
    }

    /// <summary>Refuses appends from now on, makes everything durable, and closes the files.</summary>
    /// <returns>Whether its files hold all of the log, durably, and nothing else: the next start need not look.</returns>
    public async ValueTask<bool> CloseAsync(CheckpointSync? together = null)
    {
        lock (_appendLock)
        {
            if (_state == LogState.Online)
                _state = LogState.Closed;
        }

        try
        {
            // Behind the end of one that is offline there may be what an append wrote that was refused.
            return await CheckpointAsync(together) == LogEndOffset && _state == LogState.Closed && !_hasFailed;
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
            foreach (var segment in _doomed)
                segment.Release();
        }

        waiters.CompleteAll();
    }

    private bool _isReleased;
}

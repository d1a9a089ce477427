using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Producers;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Log;

/// <content>Group commit, and the checkpoints from which recovery starts.</content>
internal sealed partial class PartitionLog
{
    // Guarded by the append lock.
    private readonly List<Segment> _unsynced = [];
    private readonly List<Segment> _inCommit = [];
    private IReadOnlyList<IFile> _newFiles = [];
    private LogPosition _committing;
    private readonly bool _isCovered;
    private int _failuresSeen;
    private bool _isDirty;
    private bool _directoryIsDirty;
    private bool _parentIsDirty;
    private volatile bool _isIndexLost;
    private volatile bool _hasNewIndexes;
    private Task _checkpointing = Task.CompletedTask;
    private long _recoveryPoint;
    private long _savedRecoveryPoint;
    private long _unrecoveredBytes;

    /// <summary>Recovery after a crash looks at nothing below it.</summary>
    public long RecoveryPoint => Interlocked.Read(ref _recoveryPoint);

    /// <summary>Bytes behind the recovery point, which a start after a crash would read and a checkpoint can spare it.</summary>
    public long UnrecoveredBytes => _state == LogState.Online && !_isIndexLost ? Interlocked.Read(ref _unrecoveredBytes) : 0;

    public ValueTask<ErrorCode> WhenDurable(long offset) => WhenDurable(offset, continuesAside: false);

    /// <summary><see cref="WhenDurable(long)"/>, for one who has more to do than to send an answer.</summary>
    public ValueTask<ErrorCode> WhenDurable(long offset, bool continuesAside)
    {
        lock (_viewLock)
        {
            if (_isCreated && offset <= _highWatermark.Offset)
                return new ValueTask<ErrorCode>(ErrorCode.None);
            return WaitLocked(offset, continuesAside);
        }
    }

    public void BeginCommit(CommitRound round)
    {
        lock (_appendLock)
        {
            _isDirty = false;
            _committing = _end;
            if (!_isCovered || _failuresSeen != round.FailuresBefore)
                round.RequireSyncOfEach();
            _failuresSeen = round.FailuresBefore;
            foreach (var segment in _unsynced)
            {
                // A segment that is deleted meanwhile needs no durability; that of a log which was released is not synced, and does not count.
                if (!segment.TryLease())
                    continue;
                _inCommit.Add(segment);
                round.AddFile(segment.File);
            }

            _unsynced.Clear();
            foreach (var file in _newFiles)
                round.AddFile(file);
            if (_directoryIsDirty)
                round.AddDirectory(_directory);
            if (_parentIsDirty)
                round.AddDirectory(_directory[.._directory.LastIndexOf('/')]);
            _directoryIsDirty = _parentIsDirty = false;
        }
    }

    public void EndCommit(CommitRound round, IOException? error)
    {
        lock (_appendLock)
        {
            if (error is not null)
                FailLocked(round, error);
            else if (_state is LogState.Online or LogState.Closed && !_isReleased)
                AdvanceLocked(round);
            foreach (var segment in _inCommit)
                segment.Release();
            _inCommit.Clear();
            foreach (var file in _newFiles)
                file.Dispose();
            _newFiles = [];
        }
    }

    /// <summary>Completes when no checkpoint writes into the folder any more; after the log was released as deleted, none will.</summary>
    public Task WhenCheckpointsEnded()
    {
        lock (_appendLock)
            return _checkpointing;
    }

    /// <summary>
    /// Makes indexes and producers durable as they stand, so that recovery need not look below them. Returns the offset up to
    /// which that is so. One at a time.
    /// </summary>
    public async ValueTask<long> CheckpointAsync(CheckpointSync? together = null)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (_appendLock)
        {
            if (HasNothingToCheckpoint)
                return _recoveryPoint;
            (before, _checkpointing) = (_checkpointing, ended.Task);
        }

        await before;
        try
        {
            return await CheckpointAloneAsync(together);
        }
        finally
        {
            ended.SetResult();
        }
    }

    private bool HasNothingToCheckpoint =>
        _state is LogState.Offline or LogState.Deleted || (_end.Offset == _recoveryPoint && !_hasNewIndexes);

    private async ValueTask<long> CheckpointAloneAsync(CheckpointSync? together)
    {
        long offset, bytes;
        byte[] snapshot;
        List<Segment> segments = [];
        try
        {
            lock (_appendLock)
            {
                if (HasNothingToCheckpoint)
                    return _recoveryPoint;
                offset = _end.Offset;
                bytes = _unrecoveredBytes;
                snapshot = Snapshot();
                _checkpointedOffset = offset;
                for (var i = _hasNewIndexes ? 0 : View().SegmentOf(_recoveryPoint); i < _segments.Length; i++)
                {
                    if (!_segments[i].TryLease())
                        continue;
                    segments.Add(_segments[i]);
                    _segments[i].FlushIndexes();
                }
            }

            if (await WhenSyncedAsync(offset) != ErrorCode.None || _isIndexLost)
                return RecoveryPoint;
            var snapshotPath = SegmentFiles.Path(_directory, offset, SegmentFiles.ProducerSnapshot);
            if (together is null || !await TrySyncTogetherAsync(together, segments, snapshotPath, snapshot))
            {
                SyncIndexes(segments);
                AtomicFile.Replace(_context.Files, snapshotPath, snapshot);
                _epochs.Save();
                _context.Files.SyncDirectory(_directory);
            }
        }
        finally
        {
            foreach (var segment in segments)
                segment.Release();
        }

        _hasNewIndexes = false;

        // The checkpoint file may still name the one before, and is believed only while its snapshot is there.
        _savedRecoveryPoint = Interlocked.Exchange(ref _recoveryPoint, offset);
        Interlocked.Add(ref _unrecoveredBytes, -bytes);
        DeleteOldSnapshots();
        return offset;
    }

    // What a failed sync left of an index nobody knows, and a second sync would not tell: the next start builds it anew.
    private void SyncIndexes(List<Segment> segments)
    {
        try
        {
            foreach (var segment in segments)
                segment.SyncIndexes();
        }
        catch (IOException)
        {
            _isIndexLost = true;
            throw;
        }
    }

    // With flush=os the high watermark says nothing about the disk, and nobody has asked for a commit.
    private ValueTask<ErrorCode> WhenSyncedAsync(long offset)
    {
        var mustEnqueue = false;
        ValueTask<ErrorCode> wait;
        lock (_appendLock)
        {
            lock (_viewLock)
            {
                if (_isCreated && offset <= _durable.Offset)
                    return new ValueTask<ErrorCode>(ErrorCode.None);
                wait = WaitLocked(offset, continuesAside: true);
            }

            if (_state is LogState.Online or LogState.Closed)
            {
                mustEnqueue = !_isDirty;
                _isDirty = true;
            }
        }

        if (mustEnqueue)
            _context.Committer.Enqueue(this);
        return wait;
    }

    private ValueTask<ErrorCode> WaitLocked(long offset, bool continuesAside)
    {
        if (_hasFailed)
            return new ValueTask<ErrorCode>(_state == LogState.Deleted ? ErrorCode.UnknownTopicOrPartition : ErrorCode.KafkaStorageError);
        var waiter = _context.Committer.Waiters.Rent();
        _waiters.Add(waiter);
        return waiter.Start(offset, continuesAside && _context.Committer.MayHaveThread);
    }

    private void AdvanceLocked(CommitRound round)
    {
        var isHigher = _committing.Offset > _highWatermark.Offset;
        if (isHigher)
            _producers.OnHighWatermark(_committing.Offset);
        lock (_viewLock)
        {
            _isCreated = true;
            _durable = _committing;
            if (isHigher)
            {
                _highWatermark = _committing;
                round.Advanced.Add(this);
            }

            _firstUnstable = _producers.FirstUnstable;
            _waiters.MoveTo(ref round.Waiters, _durable.Offset, ErrorCode.None);
        }
    }

    private void FailLocked(CommitRound round, IOException error)
    {
        // Its files were taken away meanwhile, and whoever waited was told.
        if (_state == LogState.Deleted)
            return;
        _context.Logger.WentOffline(TopicPartition, error);
        _context.OnWritesLost();
        if (_state == LogState.Online)
            _state = LogState.Offline;
        lock (_viewLock)
        {
            _hasFailed = true;
            _waiters.MoveTo(ref round.Waiters, long.MaxValue, ErrorCode.KafkaStorageError);
        }
    }
}

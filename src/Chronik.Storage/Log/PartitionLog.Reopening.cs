using System.Buffers;
using Chronik.Records;
using Chronik.Storage.Producers;
using Chronik.Storage.Recovery;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Log;

/// <content>
/// Back to work after a failed sync. A file whose sync failed cannot be trusted again: the kernel counts its pages as written.
/// So what was not durable is moved to new files, checksum by checksum, and the old file ends where it was durable. What
/// cannot be read again, try after try, is cut: nothing of it was ever said to be durable. No old file goes before the new ones
/// are durable: with flush=os consumers saw what it holds.
/// </content>
internal sealed partial class PartitionLog
{
    private const int UnreadableTriesMax = 3;
    private int _unreadableTries;
    private MovedTail? _moved;

    /// <summary>Tries to bring an offline log back; true if it is online (again). Where the disk fails it goes on from there the next time.</summary>
    public bool TryReopen()
    {
        lock (_appendLock)
        {
            if (_state != LogState.Offline || _inCommit.Count > 0)
                return _state == LogState.Online;
            try
            {
                _moved ??= MoveUnsynced();
                CutMoved(_moved.From);
                if (_moved.Lost > 0)
                    ForgetLost(_moved);
            }
            catch (IOException error)
            {
                if (!_context.Disk.WasFull(error))
                    _context.Logger.StillOffline(TopicPartition, error);
                return false;
            }

            _moved = null;
            _unreadableTries = 0;
            lock (_viewLock)
            {
                _firstUnstable = _producers.FirstUnstable;
                _hasFailed = false;
            }

            _state = LogState.Online;
            _isDirty = true;
        }

        _context.Logger.BackOnline(TopicPartition);
        _context.Committer.Enqueue(this);
        return true;
    }

    private MovedTail MoveUnsynced()
    {
        var moved = new List<Segment>();
        try
        {
            var end = CopyUnsynced(moved);
            PutInPlace(moved);
            return PublishMoved(moved, end);
        }
        catch (IOException)
        {
            foreach (var segment in moved)
                segment.Release();
            throw;
        }
    }

    // Returns the offset up to which it could be read again.
    private long CopyUnsynced(List<Segment> moved)
    {
        RemoveStrayName();
        var reached = _durable.Offset;
        for (var i = Array.IndexOf(_segments, _durable.Segment); i < _segments.Length; i++)
        {
            var from = _segments[i];
            var start = ReferenceEquals(from, _durable.Segment) ? _durable.Position : 0;
            var isLast = i == _segments.Length - 1;
            if (start == from.SizeBytes && !isLast)
                continue;
            var baseOffset = start == 0 ? from.BaseOffset : _durable.Offset;
            var to = Segment.CreateMoved(_context.Files, _directory, baseOffset, _config, _context.NowMs);
            moved.Add(to);
            reached = Copy(from, start, to);
            foreach (var aborted in from.TransactionIndex.Entries.Where(entry => entry.LastOffset >= baseOffset && entry.LastOffset < reached))
                to.TransactionIndex.Append(aborted);
            to.File.Sync();
            if (reached < (isLast ? _end.Offset : _segments[i + 1].BaseOffset))
                break;
        }

        return reached;
    }

    // Those who read the old files go on, and so does the next try: their names are taken from them, not the content. A segment behind
    // what was cut must be gone for good, for it would contradict what is appended now.
    private void PutInPlace(List<Segment> moved)
    {
        foreach (var segment in _segments.AsSpan(KeptCount))
        {
            if (!segment.TryKeepOpen())
                throw new IOException($"{segment.File.Path} cannot be kept open.");
        }

        foreach (var segment in moved)
            segment.TakePlace();
        foreach (var segment in _segments.AsSpan(KeptCount))
        {
            if (moved.Exists(to => to.BaseOffset == segment.BaseOffset))
                continue;
            foreach (var suffix in SegmentFiles.All)
                _context.Files.Delete(SegmentFiles.Path(_directory, segment.BaseOffset, suffix));
        }

        _context.Files.SyncDirectory(_directory);
    }

    // Segments that are durable, if only in part.
    private int KeptCount => Array.IndexOf(_segments, _durable.Segment) + (_durable.Position > 0 ? 1 : 0);

    private long Copy(Segment from, int start, Segment to)
    {
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        var next = to.BaseOffset;
        var walk = new HeaderWalk(from.File, start, from.SizeBytes, buffer);
        while (true)
        {
            byte[]? bytes = null;
            try
            {
                if (!TryReadAgain(from, ref walk, out bytes))
                    return next;
                var content = bytes.AsSpan(0, walk.SizeInBytes);
                to.Write(content);
                to.Account(new RecordBatchView(content), _config.IndexIntervalBytes);
                next = walk.Header.NextOffset;
            }
            finally
            {
                if (bytes is not null)
                    ArrayPool<byte>.Shared.Return(bytes);
            }
        }
    }

    // False at the end, and at what cannot be read after all tries.
    private bool TryReadAgain(Segment from, ref HeaderWalk walk, out byte[]? bytes)
    {
        bytes = null;
        IOException? error = null;
        try
        {
            if (walk.MoveNext())
            {
                bytes = ArrayPool<byte>.Shared.Rent(walk.SizeInBytes);
                var content = bytes.AsSpan(0, walk.SizeInBytes);
                if (from.File.Read(content, walk.Position) == content.Length && new RecordBatchView(content).IsCrcValid)
                    return true;
            }
            else if (!walk.IsBroken)
            {
                return false;
            }
        }
        catch (IOException failure)
        {
            error = failure;
        }

        if (++_unreadableTries > UnreadableTriesMax)
            return false;
        throw new IOException($"{from.File.Path}: the unsynced bytes at {walk.Position} cannot be read again.", error);
    }

    // Nothing here can fail: from now on the new files are the log.
    private MovedTail PublishMoved(List<Segment> moved, long end)
    {
        var kept = KeptCount;
        var dropped = _segments[kept..];
        var tail = new MovedTail(_durable, end, _end.Offset - end, WereShown: _highWatermark.Offset > end);
        _producers.ForgetPositions();
        _unsynced.Clear();
        _unsynced.AddRange(moved);
        if (_durable.Position > 0)
            _unsynced.Add(_durable.Segment);
        lock (_viewLock)
        {
            if (_durable.Position > 0)
                _durable.Segment.EndAt(_durable.Position);
            _segments = [.. _segments[..kept], .. moved];
            _end = new LogPosition(end, _segments[^1], _segments[^1].SizeBytes);
            if (_durable.Position == 0)
                _durable = new LogPosition(_durable.Offset, moved[0], 0);
            _boundaries.Clear();
            _firstUnstable = _producers.FirstUnstable;
            _highWatermark = LogReader.Locate(ViewLocked(), Math.Min(_highWatermark.Offset, end), out _) ?? _durable;
        }

        foreach (var segment in dropped)
            segment.Release();
        return tail;
    }

    // Only now is there a second copy of what is cut off. A trim may have taken the segment meanwhile.
    private void CutMoved(LogPosition from)
    {
        if (from.Position == 0 || !_segments.Contains(from.Segment))
            return;
        from.Segment.File.SetLength(from.Position);
        from.Segment.TruncateTo(from.Offset, from.Position);
    }

    // What the producers are remembered for is no longer there, and with flush=os consumers may have seen it: a new epoch tells them.
    private void ForgetLost(MovedTail tail)
    {
        var producers = new ProducerLoader(
            new LogFolder
            {
                Files = _context.Files,
                Directory = _directory,
                TopicPartition = TopicPartition,
                Config = _config,
                Logger = _context.Logger,
                NowMs = _context.NowMs,
                WasClosedCleanly = true,
            },
            [.. _doomed, .. _segments],
            tail.End,
            indexedTo: long.MaxValue).Load();
        _epochs.TruncateTo(tail.End);
        if (tail.WereShown)
            _epochs.Observe(_epochs.Latest + 1, tail.End);
        _epochs.Save();
        _context.Files.SyncDirectory(_directory);
        _producers = producers;
        _producers.ForgetPositions();
        _context.Logger.UnsyncedCut(TopicPartition, tail.Lost, tail.End);
    }

    /// <summary>What was moved to new files, but is not yet cut off from the old one.</summary>
    /// <param name="From">Where it was.</param>
    /// <param name="End">Where the log ends now.</param>
    /// <param name="Lost">Offsets that could not be read again.</param>
    /// <param name="WereShown">Consumers may have seen some of these.</param>
    private sealed record MovedTail(LogPosition From, long End, long Lost, bool WereShown);
}

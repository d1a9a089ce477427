using System.Buffers;
using Chronik.Records;
using Chronik.Storage.Producers;
using Chronik.Storage.Recovery;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Log;

/// <content>
/// Back to work after a failed sync. A file whose sync failed cannot be trusted again: the kernel counts its pages as written.
/// So what was not durable is moved to new files, checksum by checksum, and the old file ends where it was durable. What
/// cannot be read again, try after try, is cut: nothing of it was ever said to be durable.
/// </content>
internal sealed partial class PartitionLog
{
    private const int UnreadableTriesMax = 3;
    private int _unreadableTries;

    /// <summary>Tries to bring an offline log back; true if it is online (again).</summary>
    public bool TryReopen()
    {
        lock (_appendLock)
        {
            if (_state != LogState.Offline || _inCommit.Count > 0)
                return _state == LogState.Online;
            var moved = new List<Segment>();
            var producers = _producers;
            long end;
            try
            {
                end = MoveUnsynced(moved);
                if (end < _end.Offset)
                    producers = CutTo(end, moved);
            }
            catch (IOException error)
            {
                if (!_context.Disk.WasFull(error))
                    _context.Logger.StillOffline(TopicPartition, error);
                foreach (var segment in moved)
                    segment.Release();
                return false;
            }

            PublishMoved(moved, end, producers);
            _unreadableTries = 0;
            _state = LogState.Online;
            _isDirty = true;
        }

        _context.Logger.BackOnline(TopicPartition);
        _context.Committer.Enqueue(this);
        return true;
    }

    // Returns the offset up to which it could be read again.
    private long MoveUnsynced(List<Segment> moved)
    {
        var reached = _durable.Offset;
        for (var i = Array.IndexOf(_segments, _durable.Segment); i < _segments.Length; i++)
        {
            var from = _segments[i];
            var start = ReferenceEquals(from, _durable.Segment) ? _durable.Position : 0;
            var isLast = i == _segments.Length - 1;
            if (start == from.SizeBytes && !isLast)
                continue;

            // Those who read the old file go on: the name is taken from it, not the content.
            var baseOffset = start == 0 ? from.BaseOffset : _durable.Offset;
            _context.Files.Delete(SegmentFiles.Path(_directory, baseOffset, SegmentFiles.Log));
            var to = Segment.Create(_context.Files, _directory, baseOffset, _config, _context.NowMs);
            moved.Add(to);
            reached = Copy(from, start, to);
            foreach (var aborted in from.TransactionIndex.Entries.Where(entry => entry.LastOffset >= baseOffset && entry.LastOffset < reached))
                to.TransactionIndex.Append(aborted);
            to.File.Sync();
            if (reached < (isLast ? _end.Offset : _segments[i + 1].BaseOffset))
                break;
        }

        // Only now is there a second copy of what is cut off.
        _context.Files.SyncDirectory(_directory);
        if (_durable.Position > 0)
            _durable.Segment.File.SetLength(_durable.Position);
        return reached;
    }

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

    // What the producers are remembered for is no longer there, and with flush=os consumers may have seen it: a new epoch tells them.
    private ProducerStates CutTo(long end, List<Segment> moved)
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
            [.. _doomed, .. _segments.Where(segment => segment.BaseOffset < moved[0].BaseOffset), .. moved],
            end,
            indexedTo: long.MaxValue).Load();
        _epochs.TruncateTo(end);
        if (_highWatermark.Offset > end)
            _epochs.Observe(_epochs.Latest + 1, end);
        _epochs.Save();
        _context.Files.SyncDirectory(_directory);
        _context.Logger.UnsyncedCut(TopicPartition, _end.Offset - end, end);
        return producers;
    }

    private void PublishMoved(List<Segment> moved, long end, ProducerStates producers)
    {
        var first = Array.IndexOf(_segments, _durable.Segment);
        var kept = _durable.Position > 0 ? first + 1 : first;
        var dropped = _segments[kept..];
        _producers = producers;
        _producers.ForgetPositions();
        _unsynced.Clear();
        _unsynced.AddRange(moved);
        if (_durable.Position > 0)
        {
            _durable.Segment.TruncateTo(_durable.Offset, _durable.Position);
            _unsynced.Add(_durable.Segment);
        }

        lock (_viewLock)
        {
            _segments = [.. _segments[..kept], .. moved];
            _end = new LogPosition(end, _segments[^1], _segments[^1].SizeBytes);
            if (_durable.Position == 0)
                _durable = new LogPosition(_durable.Offset, moved[0], 0);
            _boundaries.Clear();
            _firstUnstable = _producers.FirstUnstable;
            _highWatermark = LogReader.Locate(ViewLocked(), Math.Min(_highWatermark.Offset, end), out _) ?? _durable;
            _hasFailed = false;
        }

        foreach (var segment in dropped)
        {
            if (moved.Exists(to => to.BaseOffset == segment.BaseOffset))
                segment.Release();
            else
                segment.Delete();
        }
    }
}

using System.Buffers;
using Chronik.Records;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Log;

/// <content>
/// Back to work after a failed sync. A file whose sync failed cannot be trusted again: the kernel counts its pages as written.
/// So what was not durable is moved to new files, checksum by checksum, and the old file ends where it was durable.
/// </content>
internal sealed partial class PartitionLog
{
    /// <summary>Tries to bring an offline log back; true if it is online (again).</summary>
    public bool TryReopen()
    {
        lock (_appendLock)
        {
            if (_state != LogState.Offline || _inCommit.Count > 0)
                return _state == LogState.Online;
            var moved = new List<Segment>();
            try
            {
                MoveUnsynced(moved);
            }
            catch (IOException error)
            {
                if (!_context.Disk.WasFull(error))
                    _context.Logger.StillOffline(TopicPartition, error);
                foreach (var segment in moved)
                    segment.Release();
                return false;
            }

            PublishMoved(moved);
            _state = LogState.Online;
            _isDirty = true;
        }

        _context.Logger.BackOnline(TopicPartition);
        _context.Committer.Enqueue(this);
        return true;
    }

    private void MoveUnsynced(List<Segment> moved)
    {
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
            Copy(from, start, to);
            foreach (var aborted in from.TransactionIndex.Entries.Where(entry => entry.LastOffset >= baseOffset))
                to.TransactionIndex.Append(aborted);
            to.File.Sync();
        }

        // Only now is there a second copy of what is cut off.
        _context.Files.SyncDirectory(_directory);
        if (_durable.Position > 0)
            _durable.Segment.File.SetLength(_durable.Position);
    }

    private void Copy(Segment from, int start, Segment to)
    {
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        var walk = new HeaderWalk(from.File, start, from.SizeBytes, buffer);
        while (walk.MoveNext())
        {
            var bytes = ArrayPool<byte>.Shared.Rent(walk.SizeInBytes);
            try
            {
                var content = bytes.AsSpan(0, walk.SizeInBytes);
                if (from.File.Read(content, walk.Position) != content.Length || !new RecordBatchView(content).IsCrcValid)
                    throw new IOException($"{from.File.Path}: the unsynced batch at {walk.Position} cannot be read again.");
                to.Write(content);
                to.Account(new RecordBatchView(content), _config.IndexIntervalBytes);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }

        if (walk.IsBroken)
            throw new IOException($"{from.File.Path}: the unsynced bytes at {walk.Position} cannot be read again.");
    }

    private void PublishMoved(List<Segment> moved)
    {
        var first = Array.IndexOf(_segments, _durable.Segment);
        var kept = _durable.Position > 0 ? first + 1 : first;
        var dropped = _segments[kept..];
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
            _end = new LogPosition(_end.Offset, _segments[^1], _segments[^1].SizeBytes);
            if (_durable.Position == 0)
                _durable = new LogPosition(_durable.Offset, moved[0], 0);
            _boundaries.Clear();
            _firstUnstable = _producers.FirstUnstable;
            _highWatermark = LogReader.Locate(ViewLocked(), _highWatermark.Offset, out _) ?? _durable;
            _hasFailed = false;
        }

        foreach (var segment in dropped)
            segment.Release();
    }
}

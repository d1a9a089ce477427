using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Producers;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Recovery;

/// <summary>Opens a partition's files: after a clean stop as they are, else after a look at all that follows the recovery point.</summary>
internal sealed class LogLoader
{
    private static readonly string[] s_leftovers = [SegmentFiles.Temporary, ".deleted", ".cleaned"];

    private readonly LogFolder _folder;
    private readonly IFileSystem _files;
    private readonly LeaderEpochs _epochs;
    private readonly List<Segment> _segments = [];
    private long _endOffset;

    private LogLoader(LogFolder folder)
    {
        _folder = folder;
        _files = folder.Files;
        _epochs = LeaderEpochs.Load(_files, folder.Directory);
    }

    public static LoadedLog Load(LogFolder folder)
    {
        var loader = new LogLoader(folder);
        try
        {
            return loader.Load();
        }
        catch
        {
            foreach (var segment in loader._segments)
                segment.Release();
            throw;
        }
    }

    private LoadedLog Load()
    {
        OpenSegments();
        var recoverFrom = _folder.WasClosedCleanly ? long.MaxValue : _folder.RecoveryPoint;

        // Also the segment that ends at the recovery point: what was moved from its end to the next one may still stand there.
        var first = _segments.FindLastIndex(segment => segment.BaseOffset < recoverFrom);
        for (var i = 0; i < _segments.Count; i++)
        {
            var segment = _segments[i];
            var isLast = i == _segments.Count - 1;
            if (!HasSaneIndexes(segment))
                Recover(i, segment.BaseOffset);
            else if (!_folder.WasClosedCleanly && i >= Math.Max(0, first))
                Recover(i, Math.Max(segment.BaseOffset, recoverFrom));
            else if (isLast)
                FindEnd(i);
        }

        var start = Math.Max(_folder.StartOffset, _segments[0].BaseOffset);
        _endOffset = Math.Max(_endOffset, start);
        _epochs.TruncateTo(_endOffset);
        var producers = new ProducerLoader(_folder, _segments, _endOffset).Load();
        return new LoadedLog
        {
            TopicPartition = _folder.TopicPartition,
            TopicId = PartitionMetadata.Read(_files, _folder.Directory),
            Directory = _folder.Directory,
            Config = _folder.Config,
            Segments = [.. _segments],
            Epochs = _epochs,
            Producers = producers,
            StartOffset = start,
            EndOffset = _endOffset,
            RecoveryPoint = _folder.WasClosedCleanly ? _endOffset : Math.Min(_folder.RecoveryPoint, _endOffset),
        };
    }

    private void OpenSegments()
    {
        var names = _files.ListFiles(_folder.Directory);
        foreach (var name in names.Where(static name => Array.Exists(s_leftovers, suffix => name.EndsWith(suffix, StringComparison.Ordinal))))
            _files.Delete($"{_folder.Directory}/{name}");
        foreach (var name in names)
        {
            if (SegmentFiles.TryParse(name, SegmentFiles.Log, out var baseOffset))
                _segments.Add(Segment.Open(_files, _folder.Directory, baseOffset, _folder.Config, _folder.NowMs));
        }

        if (_segments.Count == 0)
            _segments.Add(Segment.Create(_files, _folder.Directory, _folder.StartOffset, _folder.Config, _folder.NowMs));

        // What a killed process named is not durable yet, and from here on it counts as if it were.
        if (!_folder.WasClosedCleanly)
            _files.SyncDirectory(_folder.Directory);
    }

    private bool HasSaneIndexes(Segment segment)
    {
        if (segment.OffsetIndex.IsSane(segment.SizeBytes) && segment.TimeIndex.IsSane())
            return true;
        _folder.Logger.IndexRebuilt(segment.OffsetIndex.Path);
        return false;
    }

    private void FindEnd(int index)
    {
        var segment = _segments[index];
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        _endOffset = segment.BaseOffset;
        var walk = new HeaderWalk(segment.File, segment.OffsetIndex.PositionAtMost(long.MaxValue), segment.SizeBytes, buffer);
        while (walk.MoveNext())
            _endOffset = walk.Header.NextOffset;
        if (walk.IsBroken)
            Recover(index, segment.BaseOffset);
    }

    private void Recover(int index, long offset)
    {
        var segment = _segments[index];
        var (nextOffset, position) = PositionOf(segment, offset);
        segment.TruncateTo(nextOffset, position);

        // What an earlier process could not write is marked clean in the page cache: make the rest durable, then look at the disk.
        segment.File.Sync();
        segment.File.DropCache();
        // Behind what was moved to the next segment after a failed sync, the old copy may still stand: it ends where the next starts.
        using var scan = new SegmentScan(segment, _epochs, _folder.Config);
        scan.Run(nextOffset, index + 1 < _segments.Count ? _segments[index + 1].BaseOffset : null);
        _endOffset = scan.NextOffset;
        segment.Damage = [.. scan.Damage];

        foreach (var damage in segment.Damage)
            _folder.Logger.DamageFound(segment.File.Path, damage.Position, damage.End, damage.FirstOffset, damage.NextOffset);
        var torn = segment.File.Length - segment.SizeBytes;
        if (torn > 0)
        {
            _folder.Logger.TailCut(segment.File.Path, torn, _endOffset);
            segment.File.SetLength(segment.SizeBytes);
            segment.File.Sync();
        }

        segment.FlushIndexes();
        if (index + 1 < _segments.Count && _segments[index + 1].BaseOffset > _endOffset && !IsBeforeRecoveryPoint(_segments[index + 1]))
            RemoveFrom(index + 1);
    }

    private bool IsBeforeRecoveryPoint(Segment segment) => _folder.WasClosedCleanly || segment.BaseOffset < _folder.RecoveryPoint;

    // Segments are made durable in order, so what follows a gap never was.
    private void RemoveFrom(int index)
    {
        foreach (var segment in _segments.Skip(index))
        {
            _folder.Logger.SegmentCut(_folder.TopicPartition, segment.BaseOffset, _endOffset);
            segment.Delete();
        }

        _segments.RemoveRange(index, _segments.Count - index);
        _files.SyncDirectory(_folder.Directory);
    }

    private static (long Offset, int Position) PositionOf(Segment segment, long offset)
    {
        if (offset <= segment.BaseOffset)
            return (segment.BaseOffset, 0);
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        var next = segment.BaseOffset;
        var walk = new HeaderWalk(segment.File, segment.OffsetIndex.PositionAtMost(offset - 1), segment.SizeBytes, buffer);
        while (walk.MoveNext() && walk.Header.BaseOffset < offset)
            next = walk.Header.NextOffset;

        // The part that should have been safe is not readable: look at all of it.
        return walk.IsBroken && next < offset ? (segment.BaseOffset, 0) : (next, walk.Position);
    }
}

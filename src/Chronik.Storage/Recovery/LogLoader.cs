using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Compaction;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Recovery;

/// <summary>Opens a partition's files: after a clean stop as they are, else after a look at all that follows the recovery point.</summary>
internal sealed class LogLoader
{
    private static readonly string[] s_leftovers =
        [SegmentFiles.Temporary, SegmentFiles.Deleted, SegmentFiles.Cleaned, SegmentFiles.Swap, SegmentFiles.Moved];

    private const int EpochsSampled = 2;

    private readonly LogFolder _folder;
    private readonly IFileSystem _files;
    private readonly LeaderEpochs _epochs;
    private readonly List<Segment> _segments = [];
    private IReadOnlyList<string> _names = [];
    private readonly bool _areBytesSynced;
    private bool _areNamesSynced;
    private long _durable;
    private bool _hasNewIndexes;
    private bool _mayBeTorn;
    private ScannedEnd _scannedEnd = ScannedEnd.None;
    private long _endOffset;
    private long _scannedBytes;

    private LogLoader(LogFolder folder)
    {
        _folder = folder;
        _files = folder.Files;
        _mayBeTorn = folder.MayBeTorn;
        _areNamesSynced = _areBytesSynced = folder.SyncedBy?.Covers(folder.Directory) ?? false;
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
        if (_epochs.IsMissing || EpochsContradictLog())
            RebuildEpochs();
        _durable = BelievedRecoveryPoint();

        // Also the segment that ends at the recovery point: what was moved from its end to the next one may still stand there.
        var first = Math.Max(0, _segments.FindLastIndex(segment => segment.BaseOffset < _durable));
        for (var i = 0; i < _segments.Count; i++)
        {
            var segment = _segments[i];
            var isLast = i == _segments.Count - 1;
            if (!HasIndexes(segment, isLast))
                Recover(i, segment.BaseOffset);
            else if (isLast && _folder.WasClosedCleanly)
                FindEnd(i);
            else if (i >= first && !_folder.WasClosedCleanly)
                Recover(i, Math.Max(segment.BaseOffset, _durable));
            else
                LeaveCold(segment, _segments[i + 1].BaseOffset);
        }

        var start = BelievedStart();
        if (start > _endOffset)
            StartAnew(start);
        EndEpochs();
        if (_durable == 0 && !_folder.WasClosedCleanly)
            PartitionMetadata.Sync(_files, _folder.Directory, _areBytesSynced);
        var loader = new ProducerLoader(_folder, _segments, _endOffset, _hasNewIndexes || !_folder.WasClosedCleanly ? _durable : long.MaxValue)
        {
            Names = _names,
            ScannedEnd = _scannedEnd,
        };
        var producers = loader.Load();
        _hasNewIndexes |= loader.HasNewIndexes;
        return new LoadedLog
        {
            TopicPartition = _folder.TopicPartition,
            TopicId = ReadTopicId(),
            Directory = _folder.Directory,
            Config = _folder.Config,
            Segments = [.. _segments],
            Epochs = _epochs,
            Producers = producers,
            StartOffset = start,
            EndOffset = _endOffset,
            ScannedBytes = _scannedBytes,
            HasNewIndexes = _hasNewIndexes && _segments.Exists(static segment => segment.SizeBytes > 0),
            RecoveryPoint = _folder.WasClosedCleanly ? _endOffset : Math.Min(_durable, _endOffset),
        };
    }

    private TopicId ReadTopicId()
    {
        var id = PartitionMetadata.Read(_files, _folder.Directory, out var isWhole);
        if (!isWhole)
            _folder.Logger.MetadataDamaged($"{_folder.Directory}/{PartitionMetadata.FileName}");
        return id;
    }

    // With flush=os consumers may have seen what a power cut took, and nothing tells whether it took any: a new epoch, durable before
    // the log is served, lets them know (KIP-320). Its number was never used, also where the records of the newest epochs are gone.
    private void EndEpochs()
    {
        var latest = _epochs.Latest;
        _epochs.TruncateTo(_endOffset);
        if (!_folder.Config.FlushOs || !_folder.MayBeTorn || _folder.WasClosedCleanly)
            return;
        _epochs.Observe(latest + 1, _endOffset);
        _epochs.Save();
        _files.SyncDirectory(_folder.Directory);
    }

    private void OpenSegments()
    {
        _names = SwapFiles.Recover(_files, _folder.Directory);
        foreach (var name in _names.Where(static name => Array.Exists(s_leftovers, suffix => name.EndsWith(suffix, StringComparison.Ordinal))))
        {
            _files.Delete($"{_folder.Directory}/{name}");
            _areNamesSynced = false;
        }

        foreach (var name in _names)
        {
            if (SegmentFiles.TryParse(name, SegmentFiles.Log, out var baseOffset))
                _segments.Add(Segment.Open(_files, _folder.Directory, baseOffset, _folder.Config, _folder.NowMs));
        }

        TakeBatchOffsets();

        foreach (var name in _names)
        {
            if (SegmentFiles.TryParse(name, SegmentFiles.OffsetIndex, out var offset) && !_segments.Exists(segment => segment.BaseOffset == offset))
                _folder.Logger.SegmentMissing($"{_folder.Directory}/{name}", offset);
        }

        if (_segments.Count == 0)
        {
            _segments.Add(Segment.Create(_files, _folder.Directory, _folder.StartOffset, _folder.Config, _folder.NowMs));
            _areNamesSynced = false;
        }

        RemoveEmptySegments();

        // What a killed process named is not durable yet, and from here on it counts as if it were.
        if (!_folder.WasClosedCleanly && !_areNamesSynced)
            _files.SyncDirectory(_folder.Directory);
    }

    // It goes after its log, when a segment is deleted.
    private void TakeBatchOffsets()
    {
        foreach (var name in _names)
        {
            if (!SegmentFiles.TryParse(name, SegmentFiles.BatchOffsets, out var offset))
                continue;
            if (_segments.Find(segment => segment.BaseOffset == offset) is { } segment)
                segment.BatchOffsets.Exists = true;
            else
                _files.Delete($"{_folder.Directory}/{name}");
        }

        foreach (var offset in BatchOffsets.MissingIn(_names))
            _folder.Logger.BatchOffsetsDamaged(SegmentFiles.Path(_folder.Directory, offset, SegmentFiles.BatchOffsets), "it is missing");
    }

    // A name whose content was never written, although the segment before has records of its offsets: a roll or a reopening that a
    // failing disk or a power cut ended left it. Those records are the only ones.
    private void RemoveEmptySegments()
    {
        for (var i = _segments.Count - 1; i > 0; i--)
        {
            var segment = _segments[i];
            if (segment.SizeBytes > 0 || !HasBatchAt(_segments[i - 1], segment.BaseOffset))
                continue;
            _folder.Logger.EmptySegmentRemoved(segment.File.Path, segment.BaseOffset, _segments[i - 1].File.Path);
            _segments.RemoveAt(i);
            segment.Delete();
            _files.SyncDirectory(_folder.Directory);
        }
    }

    private static bool HasBatchAt(Segment segment, long offset)
    {
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        var walk = new HeaderWalk(segment.File, Anchor.AtMost(segment, offset, segment.SizeBytes).Position, segment.SizeBytes, buffer);
        while (walk.MoveNext())
        {
            if (walk.Header.BaseOffset < offset)
                continue;
            var bytes = new byte[walk.SizeInBytes];
            return walk.Header.BaseOffset == offset
                && segment.File.Read(bytes, walk.Position) == bytes.Length && new RecordBatchView(bytes).IsCrcValid;
        }

        return false;
    }

    // Checkpoint files have no checksum. Each recovery point was written after a snapshot of its name, so one without is not believed.
    private long BelievedRecoveryPoint()
    {
        var believed = 0L;
        foreach (var name in _names)
        {
            if (SegmentFiles.TryParse(name, SegmentFiles.ProducerSnapshot, out var offset) && offset <= _folder.RecoveryPoint)
                believed = Math.Max(believed, offset);
        }

        return believed;
    }

    // What was trimmed was durable, so the log's start lies in the log, unless there are no records to hide.
    private long BelievedStart()
    {
        var lowest = _segments[0].BaseOffset;
        if (_folder.StartOffset <= _endOffset || _folder.Config.FlushOs || _endOffset == lowest)
            return Math.Max(_folder.StartOffset, lowest);
        _folder.Logger.LogStartNotBelieved(_folder.TopicPartition, _folder.StartOffset, _endOffset, lowest);
        return lowest;
    }

    // The file has no checksum. One batch that disagrees is damaged itself; if the first batches of all segments do, the file is.
    private bool EpochsContradictLog()
    {
        var disagreeing = 0;
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        foreach (var segment in _segments)
        {
            var walk = new HeaderWalk(segment.File, 0, segment.SizeBytes, buffer);
            for (var i = 0; i < EpochsSampled && walk.MoveNext(); i++)
            {
                var known = _epochs.EpochOf(walk.Header.BaseOffset);
                if (known < 0 || walk.Header.PartitionLeaderEpoch < 0 || known == walk.Header.PartitionLeaderEpoch)
                    return false;
                disagreeing++;
            }
        }

        return disagreeing > 0;
    }

    private void RebuildEpochs()
    {
        _epochs.Forget();
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        foreach (var segment in _segments)
        {
            var walk = new HeaderWalk(segment.File, 0, segment.SizeBytes, buffer);
            while (walk.MoveNext())
                _epochs.Observe(walk.Header.PartitionLeaderEpoch, walk.Header.BaseOffset);
        }

        if (_segments[^1].SizeBytes > 0 || _names.Contains(LeaderEpochs.FileName))
            _folder.Logger.EpochsRebuilt(_folder.TopicPartition, LeaderEpochs.FileName, _epochs.Latest);
    }

    // Those of the last segment grow, so they must be right; those of the others are hints, which readers hold against the log.
    private bool HasIndexes(Segment segment, bool isLast)
    {
        if (isLast
            ? segment.SizeBytes == 0 || (segment.OffsetIndex.IsSane(segment.SizeBytes) && segment.TimeIndex.IsSane())
            : _names.Contains(System.IO.Path.GetFileName(segment.OffsetIndex.Path)) && _names.Contains(System.IO.Path.GetFileName(segment.TimeIndex.Path)))
            return true;
        _folder.Logger.IndexRebuilt(segment.OffsetIndex.Path);
        return false;
    }

    // After a clean stop all is as it was written down, but the end is what everything else goes on from.
    private void FindEnd(int index)
    {
        var segment = _segments[index];
        var from = Anchor.AtMost(segment, long.MaxValue, segment.SizeBytes);
        if (from.Position == 0 && segment.OffsetIndex.Count > 1)
        {
            _folder.Logger.IndexRebuilt(segment.OffsetIndex.Path);
            Recover(index, segment.BaseOffset);
            return;
        }

        using var walk = new CheckedWalk(segment, from, segment.SizeBytes, null, _epochs, _folder.MayHaveGaps);
        WalkStep step;
        while ((step = walk.MoveNext()) == WalkStep.Batch)
        {
        }

        if (step != WalkStep.End || walk.NextOffset < _durable)
        {
            Recover(index, from.Offset);
            return;
        }

        _scannedEnd = ScannedEnd.None;
        _endOffset = walk.NextOffset;
        segment.Cold = ColdUpTo(segment, from);
    }

    private void Recover(int index, long offset)
    {
        var segment = _segments[index];
        var from = Anchor.AtMost(segment, offset, segment.SizeBytes);
        var isLast = index + 1 == _segments.Count;
        segment.Cold = ColdUpTo(segment, from);

        var lostAllBatches = !isLast && segment.LostAllBatches;

        // What is read again begins before the recovery point; the index of aborted transactions is rebuilt from there on only.
        segment.TruncateTo(from.Offset, from.Position, certainOffset: _durable);
        _hasNewIndexes = true;

        // What an earlier process could not write is marked clean in the page cache: make the rest durable, then look at the disk.
        SyncFirst(segment);
        if (_mayBeTorn)
            segment.File.DropCache();
        var bounds = new ScanBounds(
            isLast ? null : _segments[index + 1].BaseOffset, _durable, _mayBeTorn, _folder.WasClosedCleanly, _folder.MayHaveGaps && !lostAllBatches);

        // Behind what was moved to the next segment after a failed sync, the old copy may still stand: it ends where the next starts.
        var scan = new SegmentScan(segment, _epochs, _folder.Config, bounds);
        scan.Run(from);
        _scannedEnd = _scannedEnd.With(from.Offset, scan);
        _endOffset = scan.NextOffset;
        _scannedBytes += segment.SizeBytes - from.Position;
        foreach (var damage in scan.Damage)
        {
            segment.AddDamage(damage);
            _folder.Logger.DamageFound(segment.File.Path, damage.Position, damage.End, damage.FirstOffset, damage.NextOffset);
        }

        var torn = segment.File.Length - segment.SizeBytes;
        if (torn > 0)
        {
            _folder.Logger.TailCut(segment.File.Path, torn, _endOffset);
            segment.File.SetLength(segment.SizeBytes);
            segment.File.Sync();
        }

        var isTorn = !isLast && _mayBeTorn && bounds.Following > Math.Max(Math.Max(_durable, _folder.StartOffset), _endOffset);
        var mayBeCompacted = scan.HasGaps || _folder.MayHaveGaps;
        if (isTorn && mayBeCompacted)
            FillUpTo(segment, bounds.Following!.Value);
        segment.FlushIndexes();
        if (isTorn && !mayBeCompacted)
            RemoveFrom(index + 1);
    }

    // Whether compaction took these offsets or the power cut, nobody is owed them. What follows stays, and later starts, which the gap alone
    // would tell of damage once the topic is not compacted any more, find the batch without records that compaction leaves itself.
    private void FillUpTo(Segment segment, long following)
    {
        using var builder = new RecordBatchBuilder { BaseOffset = _endOffset, LastOffset = following - 1, PartitionLeaderEpoch = _epochs.EpochOf(following - 1) };
        var empty = builder.ToArray();
        segment.File.Write(empty, segment.SizeBytes);
        segment.File.Sync();
        segment.Account(new RecordBatchView(empty), _folder.Config.IndexIntervalBytes);
        _folder.Logger.GapFilled(segment.File.Path, _endOffset, following);
        _endOffset = following;
    }

    // Linux tells an error that no process was told of to the next one that syncs the file, however well the disk is by then. Nothing was
    // written here yet, so a second sync that succeeds leaves nothing behind but what that error lost.
    private void SyncFirst(Segment segment)
    {
        try
        {
            if (_areBytesSynced)
                segment.File.CheckWrittenBack();
            else
                segment.File.Sync();
        }
        catch (IOException error)
        {
            _folder.Logger.SyncFailedBefore(segment.File.Path, error.Message);
            _mayBeTorn = true;
            segment.File.Sync();
        }
    }

    // What the segment holds is examined when it is read; that it holds nothing must be told now.
    private void LeaveCold(Segment segment, long following)
    {
        _scannedEnd = ScannedEnd.None;
        segment.Cold = ColdUpTo(segment, new LogPosition(following, segment, segment.SizeBytes));
        if (segment.SizeBytes > 0 || (_folder.MayHaveGaps && !segment.LostAllBatches))
            return;
        segment.AddDamage(new DamagedRange(segment.BaseOffset, following, 0, 0));
        _folder.Logger.DamageFound(segment.File.Path, 0, 0, segment.BaseOffset, following);
    }

    private ColdBytes? ColdUpTo(Segment segment, LogPosition end) =>
        end.Position == 0 ? null : new ColdBytes(segment, end, mayEndInGap: end.Position < segment.SizeBytes, _folder.MayHaveGaps, _epochs, _folder.Logger);

    // With flush=os a power cut may take all that was not trimmed: the log goes on where it was trimmed to.
    private void StartAnew(long start)
    {
        foreach (var segment in _segments)
            segment.Delete();
        _segments.Clear();
        _segments.Add(Segment.Create(_files, _folder.Directory, start, _folder.Config, _folder.NowMs));
        _files.SyncDirectory(_folder.Directory);
        _endOffset = start;
    }

    // Segments are made durable in order, so what follows a gap never was, unless the gap is where segments below the log's start
    // were being deleted.
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
}

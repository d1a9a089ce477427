using Chronik.Records;
using Chronik.Storage.Indexes;
using Chronik.Storage.IO;
using Chronik.Storage.Producers;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Recovery;

/// <summary>
/// Restores what a partition remembers of its producers: the newest snapshot that is whole, and what the log holds behind it.
/// Transaction indexes that recovery cut or that contradict the log are built again.
/// </summary>
/// <param name="folder">Where.</param>
/// <param name="segments">The log.</param>
/// <param name="endOffset">Its end.</param>
/// <param name="indexedTo">Behind it the transaction indexes are missing what the log says.</param>
internal sealed class ProducerLoader(LogFolder folder, IReadOnlyList<Segment> segments, long endOffset, long indexedTo)
{
    private readonly IFileSystem _files = folder.Files;

    /// <summary>Transaction indexes are not what the newest snapshot says.</summary>
    public bool HasNewIndexes { get; private set; }

    /// <summary>The files of the folder, where they were listed.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>What of the log need not be read again to know that there is nothing to be learnt from it.</summary>
    public ScannedEnd ScannedEnd { get; init; } = ScannedEnd.None;

    public ProducerStates Load()
    {
        var snapshots = FindSnapshots();
        var (states, offset, sums) = Restore(snapshots);

        // What was cut behind a checkpoint is not missed: snapshots that are younger tell of it.
        var known = snapshots.Count > 0 && snapshots[0] <= indexedTo ? sums : Restore(snapshots.Where(offset => offset <= indexedTo)).Sums;
        if (FirstOffsetWithoutIndex(known) is { } from)
        {
            var (before, at, _) = Restore(snapshots.Where(offset => offset <= from));
            Replay(before, at, buildsIndex: true);
            SyncTransactionIndexes();
        }

        Replay(states, offset, buildsIndex: false);
        foreach (var first in states.Doubtful)
            folder.Logger.TransactionMayHaveEnded(folder.TopicPartition, first);
        return states;
    }

    // Newest first. One behind the end is of records that a power cut took; it must not come back when the log has grown past it. One
    // below the first segment knows nothing of what stood between the two: a transaction that ended there would stay open for ever.
    private List<long> FindSnapshots()
    {
        var snapshots = new List<long>();
        var hasDeleted = false;
        foreach (var name in Names ?? _files.ListFiles(folder.Directory))
        {
            if (!SegmentFiles.TryParse(name, SegmentFiles.ProducerSnapshot, out var offset))
                continue;
            if (offset <= endOffset)
            {
                if (offset >= segments[0].BaseOffset)
                    snapshots.Insert(0, offset);
                continue;
            }

            _files.Delete($"{folder.Directory}/{name}");
            hasDeleted = true;
        }

        if (hasDeleted)
            _files.SyncDirectory(folder.Directory);
        return snapshots;
    }

    // Records below the log's start that are still there count, as they did before the stop.
    private (ProducerStates States, long Offset, IReadOnlyList<AbortedSum> Sums) Restore(IEnumerable<long> snapshots)
    {
        foreach (var offset in snapshots)
        {
            var states = new ProducerStates();
            var path = SegmentFiles.Path(folder.Directory, offset, SegmentFiles.ProducerSnapshot);
            if (ProducerSnapshot.TryRead(AtomicFile.Read(_files, path), states, out var sums))
                return (states, offset, sums);
            folder.Logger.SnapshotDamaged(path);
        }

        return (new ProducerStates(), segments[0].BaseOffset, []);
    }

    // The next start may begin behind them, whenever that is.
    private void SyncTransactionIndexes()
    {
        foreach (var segment in segments)
            Sync(segment.TransactionIndex);
        if (segments.Any(static segment => segment.TransactionIndex.Entries.Length > 0))
            _files.SyncDirectory(folder.Directory);
    }

    // As with the logs: an error that no process was told of yet says nothing of the disk as it is now.
    private void Sync(TransactionIndex index)
    {
        try
        {
            index.Sync();
        }
        catch (IOException error)
        {
            folder.Logger.SyncFailedBefore(index.Path, error.Message);
            index.WriteAgain();
            index.Sync();
        }
    }

    // Where the aborted transactions are not known for sure; null where all are.
    private long? FirstOffsetWithoutIndex(IReadOnlyList<AbortedSum> sums)
    {
        var changed = AbortedSums.FirstChanged(sums, segments)?.Start;
        for (var i = 0; i < segments.Count; i++)
        {
            var segment = segments[i];
            var end = i + 1 < segments.Count ? segments[i + 1].BaseOffset : endOffset;
            if (changed < end || !segment.TransactionIndex.IsWhole
                || !(AbortedSums.Cover(sums, segment) || TransactionIndexCheck.AgreesWithLog(segments, segment, end)))
            {
                HasNewIndexes = true;
                folder.Logger.IndexRebuilt(segment.TransactionIndex.Path);
                foreach (var later in segments.Skip(i))
                    later.TransactionIndex.TruncateTo(long.MinValue);
                return segment.BaseOffset;
            }

            if (end > indexedTo)
                return Math.Max(segment.BaseOffset, indexedTo);
        }

        return null;
    }

    private void Replay(ProducerStates states, long from, bool buildsIndex)
    {
        if (from >= ScannedEnd.From && states.FirstUnstable is null && !(buildsIndex ? ScannedEnd.HasMarkers : ScannedEnd.HasProducers))
            return;
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        for (var i = 0; i < segments.Count; i++)
        {
            var segment = segments[i];
            var end = i + 1 < segments.Count ? segments[i + 1].BaseOffset : endOffset;
            if (end <= from)
                continue;
            var size = segment.SizeBytes;
            var walk = new ExaminedWalk(segment, OffsetSearch.StartFor(segment, size, from), size, buffer);
            var lostBelow = from;
            while (walk.MoveNext())
            {
                var header = walk.Header;
                if (walk.DamagedBelow > lostBelow || (StandsForLost(header) && header.BaseOffset >= from))
                {
                    lostBelow = Math.Max(lostBelow, walk.DamagedBelow);
                    states.OnLostRecords();
                }

                if (header.HasProducerId && header.BaseOffset >= from && header.BaseOffset < endOffset)
                    Replay(states, segment, walk.Position, header, buildsIndex);
            }

            if (walk.DamagedBelow > lostBelow)
                states.OnLostRecords();
        }
    }

    // What log repair and recovery put in the place of what is gone. Compaction leaves such batches, too, but none behind an open transaction.
    private static bool StandsForLost(RecordBatchView header) => header.RecordCount == 0 && !header.HasProducerId;

    private void Replay(ProducerStates states, Segment segment, int position, RecordBatchView header, bool buildsIndex)
    {
        if (!header.IsControl)
        {
            states.Apply(header, new LogPosition(header.BaseOffset, segment, position), folder.NowMs);
            return;
        }

        var bytes = new byte[header.SizeInBytes];
        if (segment.File.Read(bytes, position) == bytes.Length
            && states.Apply(new RecordBatchView(bytes), null, folder.NowMs) is { } aborted
            && buildsIndex)
            segment.TransactionIndex.Append(aborted);
    }
}

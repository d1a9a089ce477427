using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Compaction;

/// <summary>
/// One compaction of one log, in steps of one buffer or one change of names. Between any two it can be left alone for as long
/// as one likes, and given up where <see cref="MayStop"/>: the log is correct at each, and after a crash in each.
/// </summary>
internal sealed class CompactionPass : IDisposable
{
    private readonly IFileSystem _files;
    private readonly PartitionLog _log;
    private readonly LogConfig _config;
    private readonly LogView _view;
    private readonly CleaningRun _run;
    private readonly OffsetMapBuilder _mapping;
    private readonly long _reserveBytes;
    private Queue<Segment[]> _groups = new();
    private SegmentCleaner? _cleaner;
    private Segment? _cleaned;

    /// <summary>Begins the compaction of a log that lets it (<see cref="PartitionLog.TryBeginCleaning"/>).</summary>
    /// <param name="target">The log, and up to where it may be compacted; all of that is below the recovery point.</param>
    /// <param name="files">The files.</param>
    /// <param name="config">The settings; the buffers are shared by all threads of it.</param>
    /// <param name="hash">The hash of record keys.</param>
    /// <param name="reserveBytes">Bytes of the disk that must stay free.</param>
    /// <param name="nowMs">The time.</param>
    public CompactionPass(CleanableLog target, IFileSystem files, CleanerConfig config, SipHash128 hash, long reserveBytes, long nowMs)
    {
        _reserveBytes = reserveBytes;
        _files = files;
        _log = target.Log;
        _config = _log.Config;
        _view = _log.CurrentView;
        EndOffset = target.FirstDirtyOffset;
        var ioBytes = Math.Max(4096, config.IoBufferBytes / config.Threads / 2);
        var keysMax = target.FirstUncleanableOffset - target.FirstDirtyOffset;
        _run = new CleaningRun
        {
            Map = new OffsetMap(keysMax, config.DedupeBufferBytes / config.Threads, config.LoadFactor, hash),
            Source = new BatchSource(ioBytes),
            Stats = Stats,
            IoBufferBytes = ioBytes,
            IndexIntervalBytes = _config.IndexIntervalBytes,
            NowMs = nowMs,
            DeleteHorizonMs = nowMs + Math.Min(_config.DeleteRetentionMs, long.MaxValue - nowMs),
            UpperBoundOffset = target.FirstUncleanableOffset,
        };
        try
        {
            TidyUp();
            _mapping = new OffsetMapBuilder(_view, target, _run.Map, _run.Source, Stats);
        }
        catch
        {
            _run.Dispose();
            throw;
        }
    }

    public CompactionStage Stage { get; private set; }

    /// <summary>What was done so far.</summary>
    public CompactionStats Stats { get; } = new();

    /// <summary>Below it the log will be clean.</summary>
    public long EndOffset { get; private set; }

    /// <summary>The part of the key table's room that is used.</summary>
    public double MapUtilization => _run.Map.Utilization;

    /// <summary>Whether it may be disposed of now. Where not, the next steps are short and take it to where it may.</summary>
    public bool MayStop => Stage is not (CompactionStage.Publish or CompactionStage.Finish);

    /// <summary>Does a little; false when all is done.</summary>
    /// <exception cref="UncleanableException">The log cannot be compacted.</exception>
    /// <exception cref="OperationCanceledException">The log takes no replacement: it is closing or offline.</exception>
    public bool Step()
    {
        Stage = Stage switch
        {
            CompactionStage.Map => _mapping.Step() ? EndMapping() : CompactionStage.Map,
            CompactionStage.Clean => Clean(),
            CompactionStage.Sync => Sync(),
            CompactionStage.Commit => Commit(),
            CompactionStage.Publish => Publish(),
            CompactionStage.Finish => Finish(),
            _ => CompactionStage.Done,
        };
        return Stage != CompactionStage.Done;
    }

    /// <summary>Gives memory back, and up what is half done.</summary>
    public void Dispose()
    {
        _cleaner?.Dispose();
        _run.Dispose();
        if (_cleaned is not { } cleaned || Stage == CompactionStage.Finish)
            return;
        _cleaned = null;
        SwapFiles.Discard(_files, _log.Directory, cleaned);
    }

    // An earlier pass may have met a failing disk: what it published is finished, what it did not is gone.
    private void TidyUp()
    {
        var segments = _view.Segments;
        for (var i = 0; i < segments.Length - 1; i++)
        {
            if (segments[i].Suffix == SegmentFiles.Swap)
                SwapFiles.Finish(_files, _log.Directory, segments[i], segments[i + 1].BaseOffset);
        }

        SwapFiles.DiscardLeftovers(_files, _log.Directory, static _ => false);
    }

    private CompactionStage EndMapping()
    {
        EndOffset = Math.Max(EndOffset, _run.Map.LatestOffset + 1);
        _groups = new Queue<Segment[]>(SegmentGroups.Of(_view, EndOffset, _run.UpperBoundOffset, _config));
        return Next();
    }

    private CompactionStage Next() => _groups.Count == 0 ? CompactionStage.Done : CompactionStage.Clean;

    // A full disk would take the records' place.
    private void RequireRoom(Segment[] sources)
    {
        const int NoSpace = 28;
        var bytes = sources.Sum(static source => (long)source.SizeBytes);
        if (_files.AvailableBytes(_log.Directory) - _reserveBytes < bytes)
            throw new IOException($"There is no room on the disk to write {bytes} bytes of {_log.TopicPartition} anew.", NoSpace);
    }

    private CompactionStage Clean()
    {
        if (_cleaner is null)
        {
            var sources = _groups.Peek();
            RequireRoom(sources);
            _cleaned = Segment.CreateCleaned(_files, _log.Directory, sources[0].BaseOffset, _config, sources[^1].CreatedMs);
            _cleaner = new SegmentCleaner(_files, _run, _view, sources, _cleaned, _log.LastOfProducers());
        }

        if (!_cleaner.Step())
            return CompactionStage.Clean;
        _cleaner.Dispose();
        _cleaner = null;
        return CompactionStage.Sync;
    }

    private CompactionStage Sync()
    {
        _cleaned!.FlushIndexes();
        _cleaned.File.Sync();
        _cleaned.SyncIndexes();
        return CompactionStage.Commit;
    }

    private CompactionStage Commit()
    {
        SwapFiles.Commit(_files, _log.Directory, _cleaned!);
        return CompactionStage.Publish;
    }

    private CompactionStage Publish()
    {
        if (!_log.TryReplace(_groups.Peek(), _cleaned!))
            throw new OperationCanceledException($"The log of {_log.TopicPartition} is not online.");
        return CompactionStage.Finish;
    }

    private CompactionStage Finish()
    {
        var sources = _groups.Dequeue();
        var cleaned = _cleaned!;
        _cleaned = null;
        _log.RetireReplaced(sources);
        var last = Array.IndexOf(_view.Segments, sources[^1]);
        SwapFiles.Finish(_files, _log.Directory, cleaned, _view.Segments[last + 1].BaseOffset);
        return Next();
    }
}

using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Producers;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Log;

/// <summary>
/// A partition's log in segment files. Two locks, always taken in this order: the append lock for validate, assign, write;
/// the view lock for the few words that readers copy.
/// </summary>
internal sealed partial class PartitionLog : IPartitionLog, ICommittable
{
    private readonly Lock _appendLock = new();
    private readonly Lock _viewLock = new();
    private readonly LogContext _context;
    private readonly LeaderEpochs _epochs;
    private ProducerStates _producers;
    private readonly BoundaryCache _boundaries = new();
    private readonly string _directory;
    private volatile LogConfig _config;
    private LogState _state;

    // Guarded by the view lock; written under both.
    private Segment[] _segments;
    private LogPosition _end;
    private LogPosition _highWatermark;
    private LogPosition _durable;
    private UnstableTransaction? _firstUnstable;
    private long _startOffset;
    private bool _isCreated;
    private string? _strayName;
    private DurableWaiterList _waiters;

    public PartitionLog(LoadedLog loaded, LogContext context)
    {
        _context = context;
        TopicPartition = loaded.TopicPartition;
        TopicId = loaded.TopicId;
        _directory = loaded.Directory;
        _isCovered = context.Committer.Covers(_directory);
        _config = loaded.Config;
        _epochs = loaded.Epochs;
        _producers = loaded.Producers;
        _segments = loaded.Segments;
        _hasNewIndexes = loaded.HasNewIndexes;
        _startOffset = _savedStart = loaded.StartOffset;
        _recoveryPoint = _savedRecoveryPoint = _checkpointedOffset = loaded.RecoveryPoint;
        _unrecoveredBytes = loaded.ScannedBytes;
        _end = _highWatermark = _durable = new LogPosition(loaded.EndOffset, _segments[^1], _segments[^1].SizeBytes);
        _producers.OnHighWatermark(_end.Offset);
        _firstUnstable = _producers.FirstUnstable;
        _isCreated = loaded.NewFiles is null;
        if (loaded.NewFiles is null)
            return;
        _newFiles = loaded.NewFiles;
        _unsynced.Add(_end.Segment);
        _directoryIsDirty = _parentIsDirty = _isDirty = true;
        _context.Committer.Enqueue(this);
    }

    public TopicPartition TopicPartition { get; }

    public TopicId TopicId { get; private set; }

    public int LeaderEpoch => _epochs.Latest;

    public long LogStartOffset => View().StartOffset;

    public long LogEndOffset => View().End.Offset;

    public long HighWatermark => View().HighWatermark.Offset;

    public long LastStableOffset => View().LastStableOffset;

    public long SizeBytes => View().Segments.Sum(static segment => (long)segment.SizeBytes);

    public LogConfig Config
    {
        get => _config;
        set
        {
            _config = value;
            HasConfig = true;
        }
    }

    public AppendResult Append(Memory<byte> batches, AppendOrigin origin)
    {
        AppendResult result;
        bool mustEnqueue, hasAdvanced;
        lock (_appendLock)
        {
            var before = _end.Offset;
            result = _state == LogState.Online ? AppendLocked(batches.Span, origin) : Refuse(StateError());
            var config = _config;
            hasAdvanced = config.FlushOs && _end.Offset != before;
            mustEnqueue = !_isDirty && (_directoryIsDirty || (_end.Offset != before && !config.FlushOs));
            _isDirty |= mustEnqueue;
        }

        if (mustEnqueue)
            _context.Committer.Enqueue(this);
        if (hasAdvanced)
            _context.Listener?.OnHighWatermarkAdvanced(this);
        return result;
    }

    public EpochEndOffset EndOffsetOfEpoch(int leaderEpoch) => _epochs.EndOffsetOf(leaderEpoch, LogEndOffset);

    public int EpochOf(long offset) => _epochs.EpochOf(offset);

    private Segment Active => _segments[^1];

    private LogView View()
    {
        lock (_viewLock)
            return ViewLocked();
    }

    private LogView ViewLocked() => new(_startOffset, _end, _highWatermark, _firstUnstable, _segments);

    private AppendResult AppendLocked(Span<byte> batches, AppendOrigin origin)
    {
        var config = _config;
        if (Examine(batches, origin, config, out var nextOffset, out var maxTimestamp) is { } answer)
            return answer;
        if (origin == AppendOrigin.Client && !_context.Disk.TryTake(batches.Length))
            return Refuse(ErrorCode.KafkaStorageError, _context.Disk.Message);
        var nowMs = _context.NowMs;
        var baseOffset = _end.Offset;
        try
        {
            RemoveStrayName();
            if (Active.MustRoll(config, batches.Length, nextOffset - 1, config.StampLogAppendTime ? nowMs : maxTimestamp, nowMs))
                Roll(config, nowMs);
            Stamp(batches, config, nowMs);
            Active.Write(batches);
        }
        catch (IOException error)
        {
            CutBack(error);
            return Refuse(ErrorCode.KafkaStorageError, error.Message);
        }

        Account(batches, config, nowMs);
        return new AppendResult(ErrorCode.None, baseOffset, nextOffset - 1, config.StampLogAppendTime ? nowMs : -1, _startOffset);
    }

    // Everything that can refuse an append comes before anything is changed.
    private AppendResult? Examine(ReadOnlySpan<byte> batches, AppendOrigin origin, LogConfig config, out long nextOffset, out long maxTimestamp)
    {
        nextOffset = _end.Offset;
        maxTimestamp = -1;
        if (batches.Length > config.SegmentBytesMax)
            return Refuse(ErrorCode.RecordListTooLarge, "The records are larger than a segment may be (segment.bytes).");
        var hasProducer = false;
        for (var rest = batches; rest.Length > 0;)
        {
            if (!RecordBatchView.TryRead(rest, out var batch) || batch.LastOffsetDelta < 0)
                return Refuse(ErrorCode.CorruptMessage, "Not whole record batches.");
            if (batch.IsControl && origin == AppendOrigin.Client)
                return Refuse(ErrorCode.InvalidRecord, "Clients may not write control batches.");
            hasProducer |= batch.HasProducerId;
            if (hasProducer && batch.SizeInBytes != batches.Length)
                return Refuse(ErrorCode.InvalidRecord, "An idempotent producer appends one batch at a time.");
            if (hasProducer && CheckProducer(batch, origin) is { } answer)
                return answer;
            nextOffset += batch.LastOffsetDelta + 1L;
            maxTimestamp = Math.Max(maxTimestamp, batch.MaxTimestamp);
            rest = rest[batch.SizeInBytes..];
        }

        return nextOffset == _end.Offset ? Refuse(ErrorCode.InvalidRecord, "No records.") : null;
    }

    private AppendResult? CheckProducer(RecordBatchView batch, AppendOrigin origin)
    {
        var error = _producers.Check(batch, origin, out var duplicate, out var message);
        if (error != ErrorCode.None)
            return Refuse(error, message);
        return duplicate is { } first
            ? new AppendResult(ErrorCode.None, first.FirstOffset, first.LastOffset, _config.StampLogAppendTime ? first.AppendedMs : -1, _startOffset, IsDuplicate: true)
            : null;
    }

    private void Stamp(Span<byte> batches, LogConfig config, long nowMs)
    {
        var epoch = _epochs.Latest;
        var offset = _end.Offset;
        while (batches.Length > 0)
        {
            var view = new RecordBatchView(batches);
            var batch = batches[..view.SizeInBytes];
            RecordBatchHeader.SetBaseOffset(batch, offset);
            RecordBatchHeader.SetPartitionLeaderEpoch(batch, epoch);
            if (config.StampLogAppendTime)
                RecordBatchHeader.SetLogAppendTime(batch, nowMs);
            offset += view.LastOffsetDelta + 1L;
            batches = batches[batch.Length..];
        }
    }

    private void Account(ReadOnlySpan<byte> batches, LogConfig config, long nowMs)
    {
        var segment = Active;
        var end = _end;
        Interlocked.Add(ref _unrecoveredBytes, batches.Length);
        while (batches.Length > 0)
        {
            var batch = new RecordBatchView(batches);
            segment.Account(batch, config.IndexIntervalBytes);
            if (batch.HasProducerId && _producers.Apply(batch, end, nowMs) is { } aborted)
                segment.TransactionIndex.Append(aborted);
            end = new LogPosition(batch.NextOffset, segment, segment.SizeBytes);
            batches = batches[batch.SizeInBytes..];
        }

        if (_unsynced.Count == 0 || !ReferenceEquals(_unsynced[^1], segment))
            _unsynced.Add(segment);
        if (config.FlushOs)
            _producers.OnHighWatermark(end.Offset);
        lock (_viewLock)
        {
            _end = end;
            if (config.FlushOs)
                _highWatermark = end;
            _boundaries.Add(end);
            _firstUnstable = _producers.FirstUnstable;
        }
    }

    private void Roll(LogConfig config, long nowMs)
    {
        Active.FlushIndexes();
        SnapshotAtRoll();
        _strayName = SegmentFiles.Path(_directory, _end.Offset, SegmentFiles.Log);
        var segment = Segment.Create(_context.Files, _directory, _end.Offset, config, nowMs);
        _strayName = null;
        _directoryIsDirty = true;
        lock (_viewLock)
        {
            _segments = [.. _segments, segment];
            _end = new LogPosition(_end.Offset, segment, 0);
            _boundaries.Add(_end);
        }
    }

    // A roll that failed may have left its name. It must be gone, durably, before the segment goes on past it: a start would take the
    // records from there on for a copy that the next segment replaced.
    private void RemoveStrayName()
    {
        if (_strayName is not { } name)
            return;
        _context.Files.Delete(name);
        _strayName = null;
        _directoryIsDirty = true;
    }

    // What a failed write left behind the last whole batch must not stay: the next append would not overwrite all of it.
    private void CutBack(IOException error)
    {
        if (!_context.Disk.WasFull(error) && _context.AppendFailureTold.TryTell(_context.Time))
            _context.Logger.AppendFailed(TopicPartition, error);
        try
        {
            Active.File.SetLength(Active.SizeBytes);
        }
        catch (IOException cutError)
        {
            _context.Logger.WentOffline(TopicPartition, cutError);
            _state = LogState.Offline;
        }
    }

    private AppendResult Refuse(ErrorCode error, string? message = null) => new(error, -1, -1, -1, _startOffset, ErrorMessage: message);

    private ErrorCode StateError() => _state == LogState.Deleted ? ErrorCode.UnknownTopicOrPartition : ErrorCode.KafkaStorageError;
}

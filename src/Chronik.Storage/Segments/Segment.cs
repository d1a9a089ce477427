using System.Text;
using Chronik.Records;
using Chronik.Storage.Indexes;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Segments;

/// <summary>
/// One segment: a log file, its indexes, and what is remembered of its timestamps. Appended to under the partition's lock;
/// read by anyone who holds a lease.
/// </summary>
internal sealed class Segment
{
    /// <summary>Added to the leases when the segment is deleted: who has one keeps it, nobody gets a new one.</summary>
    private const int NoNewLeases = 1 << 30;
    private const int OwnAndNobodyElses = NoNewLeases + 1;

    private const long NotRead = long.MinValue;

    /// <summary>A start does not read more than this to learn the largest timestamp of what lies before a recovery point.</summary>
    private const int TimestampBytesMax = 1 << 20;

    private readonly IFileSystem _files;
    private readonly string _directory;
    private long _largestTimestamp = -1;
    private long _largestTimestampOffset;
    private long _firstTimestamp = -1;
    private int _sizeBytes;
    private int _leases = 1;
    private int _bytesSinceIndexEntry;
    private bool _deleteWhenReleased;
    private bool _leavesTimestamps;
    private DamagedRange[] _damage = [];
    private ColdBytes? _cold;
    private string _suffix;

    private Segment(IFileSystem files, string directory, long baseOffset, LogConfig config, IFile file, string suffix)
    {
        _files = files;
        _directory = directory;
        _suffix = suffix;
        BaseOffset = baseOffset;
        File = file;
        OffsetIndex = new OffsetIndex(files, PathOf(SegmentFiles.OffsetIndex) + suffix, baseOffset, config.SegmentIndexBytesMax);
        TimeIndex = new TimeIndex(files, PathOf(SegmentFiles.TimeIndex) + suffix, baseOffset, config.SegmentIndexBytesMax);
        TransactionIndex = new TransactionIndex(files, PathOf(SegmentFiles.TransactionIndex) + suffix);
        BatchOffsets = new BatchOffsets(files, PathOf(SegmentFiles.BatchOffsets) + suffix, baseOffset);
    }

    public long BaseOffset { get; }

    public IFile File { get; }

    public OffsetIndex OffsetIndex { get; }

    public TimeIndex TimeIndex { get; }

    public TransactionIndex TransactionIndex { get; }

    /// <summary>What is known of its batches, if it was compacted.</summary>
    public BatchOffsets BatchOffsets { get; }

    /// <summary>Bytes of whole batches.</summary>
    public int SizeBytes
    {
        get => Volatile.Read(ref _sizeBytes);
        private set => Volatile.Write(ref _sizeBytes, value);
    }

    /// <summary>The largest timestamp in it, or -1.</summary>
    public long LargestTimestamp
    {
        get
        {
            ReadLargestTimestamp();
            return Volatile.Read(ref _largestTimestamp);
        }
    }

    /// <summary>The last offset of the batch that holds the largest timestamp.</summary>
    public long LargestTimestampOffset
    {
        get
        {
            ReadLargestTimestamp();
            return Volatile.Read(ref _largestTimestampOffset);
        }
    }

    /// <summary>The largest timestamp of its first batch, from which segment.ms counts; null while it is empty.</summary>
    public long? FirstTimestamp
    {
        get
        {
            if (_firstTimestamp == NotRead)
                _firstTimestamp = ReadFirstTimestamp();
            return _firstTimestamp >= 0 ? _firstTimestamp : null;
        }
    }

    /// <summary>When it was made or opened, in milliseconds: for batches without timestamps.</summary>
    public long CreatedMs { get; init; }

    /// <summary>segment.jitter.ms: so much earlier than segment.ms it is rolled.</summary>
    public long RollJitterMs { get; init; }

    /// <summary>Its name ends so while it is not (wholly) in its place: <see cref="SegmentFiles.Cleaned"/>, <see cref="SegmentFiles.Swap"/>.</summary>
    public string Suffix => _suffix;

    /// <summary>What is known of ranges that cannot be read, ascending; the array is never changed.</summary>
    public DamagedRange[] Damage => Volatile.Read(ref _damage);

    /// <summary>The part that this process has neither written nor examined; null where there is none.</summary>
    public ColdBytes? Cold
    {
        get => Volatile.Read(ref _cold);
        set => Volatile.Write(ref _cold, value);
    }

    public static Segment Create(IFileSystem files, string directory, long baseOffset, LogConfig config, long nowMs)
    {
        foreach (var suffix in (ReadOnlySpan<string>)[SegmentFiles.OffsetIndex, SegmentFiles.TimeIndex, SegmentFiles.TransactionIndex, SegmentFiles.BatchOffsets])
            files.Delete(SegmentFiles.Path(directory, baseOffset, suffix));
        var file = files.Open(SegmentFiles.Path(directory, baseOffset, SegmentFiles.Log), FileOpenKind.CreateOrTruncate);
        return new Segment(files, directory, baseOffset, config, file, suffix: "") { CreatedMs = nowMs, RollJitterMs = Jitter(directory, baseOffset, config) };
    }

    /// <summary>Makes the segment that compaction writes into, beside those whose place it is to take. All of its files exist.</summary>
    public static Segment CreateCleaned(IFileSystem files, string directory, long baseOffset, LogConfig config, long createdMs)
    {
        foreach (var suffix in SegmentFiles.All)
            files.Delete(SegmentFiles.Path(directory, baseOffset, suffix + SegmentFiles.Cleaned));
        var file = files.Open(SegmentFiles.Path(directory, baseOffset, SegmentFiles.Log + SegmentFiles.Cleaned), FileOpenKind.CreateOrTruncate);
        var segment = new Segment(files, directory, baseOffset, config, file, SegmentFiles.Cleaned) { CreatedMs = createdMs };
        segment.TransactionIndex.CreateEmpty();
        return segment;
    }

    /// <summary>
    /// Makes the segment that takes over what another one could not make durable, beside it; <see cref="TakePlace"/> gives it its name.
    /// Its indexes are in memory alone until then.
    /// </summary>
    public static Segment CreateMoved(IFileSystem files, string directory, long baseOffset, LogConfig config, long nowMs)
    {
        foreach (var suffix in SegmentFiles.All)
            files.Delete(SegmentFiles.Path(directory, baseOffset, suffix + SegmentFiles.Moved));
        var file = files.Open(SegmentFiles.Path(directory, baseOffset, SegmentFiles.Log + SegmentFiles.Moved), FileOpenKind.CreateOrTruncate);
        return new Segment(files, directory, baseOffset, config, file, SegmentFiles.Moved) { CreatedMs = nowMs, RollJitterMs = Jitter(directory, baseOffset, config) };
    }

    /// <summary>Opens what is there; the size is the file's, whole batches or not.</summary>
    public static Segment Open(IFileSystem files, string directory, long baseOffset, LogConfig config, long nowMs)
    {
        var file = files.Open(SegmentFiles.Path(directory, baseOffset, SegmentFiles.Log), FileOpenKind.ReadWrite);
        var segment = new Segment(files, directory, baseOffset, config, file, suffix: "")
        {
            CreatedMs = nowMs,
            RollJitterMs = Jitter(directory, baseOffset, config),
            SizeBytes = (int)Math.Min(file.Length, int.MaxValue),
        };

        // Most segments that a start finds are never asked.
        segment._largestTimestamp = segment._firstTimestamp = NotRead;
        return segment;
    }

    /// <summary>Whether batches must go to a new segment.</summary>
    public bool MustRoll(LogConfig config, int bytes, long lastOffset, long maxTimestamp, long nowMs)
    {
        if (lastOffset - BaseOffset > int.MaxValue)
            return true;
        if (SizeBytes == 0)
            return false;
        var waited = FirstTimestamp is { } first && maxTimestamp >= 0 ? maxTimestamp - first : nowMs - CreatedMs;
        return SizeBytes > config.SegmentBytesMax - (long)bytes
            || waited > config.RollMs - RollJitterMs
            || OffsetIndex.IsFull
            || TimeIndex.IsFull;
    }

    /// <summary>Writes whole batches behind the last; on failure nothing of them counts.</summary>
    public void Write(ReadOnlySpan<byte> batches)
    {
        // Once they are written nothing may fail any more: what Account needs of the disk, indexes included, is read before.
        ReadLargestTimestamp();
        File.Write(batches, SizeBytes);
    }

    /// <summary>Takes a batch that was written at the end into size, timestamps and indexes.</summary>
    public void Account(RecordBatchView batch, int indexIntervalBytes)
    {
        var maxTimestamp = batch.MaxTimestamp;
        var lastOffset = batch.LastOffset;
        if (SizeBytes == 0)
            _firstTimestamp = maxTimestamp;

        // What compaction emptied has no record with that timestamp any more.
        if (TracksTimestamps && maxTimestamp > LargestTimestamp && batch.RecordCount > 0)
            SetLargestTimestamp(maxTimestamp, lastOffset);

        if (_bytesSinceIndexEntry > indexIntervalBytes)
        {
            OffsetIndex.Append(lastOffset, SizeBytes);
            if (TracksTimestamps)
                TimeIndex.Append(LargestTimestamp, LargestTimestampOffset);
            _bytesSinceIndexEntry = 0;
        }

        _bytesSinceIndexEntry += batch.SizeInBytes;
        SizeBytes += batch.SizeInBytes;
    }

    /// <summary>Skips bytes that are no batch (damage).</summary>
    public void Skip(int bytes) => SizeBytes += bytes;

    /// <summary>Remembers a range that cannot be read; false if it is known already.</summary>
    public bool AddDamage(DamagedRange damage)
    {
        while (true)
        {
            var known = Damage;
            if (Array.IndexOf(known, damage) >= 0)
                return false;
            DamagedRange[] more = [.. known, damage];
            Array.Sort(more, static (a, b) => a.FirstOffset != b.FirstOffset ? a.FirstOffset.CompareTo(b.FirstOffset) : a.Position.CompareTo(b.Position));
            if (Interlocked.CompareExchange(ref _damage, more, known) == known)
                return true;
        }
    }

    /// <summary>Its log file is empty, but its time index is not: that is no work of compaction, which empties both if it leaves no record.</summary>
    public bool LostAllBatches => SizeBytes == 0 && TimeIndex.Count > 0;

    /// <summary>Forgets everything from a batch boundary on; the log file itself is the caller's to cut.</summary>
    /// <param name="offset">The first offset that goes.</param>
    /// <param name="position">Where it lies.</param>
    /// <param name="certainOffset">Aborted transactions that end below it are known for sure, and stay.</param>
    public void TruncateTo(long offset, int position, long certainOffset = 0)
    {
        OffsetIndex.TruncateTo(offset, position);
        TimeIndex.TruncateTo(offset);
        TransactionIndex.TruncateTo(Math.Max(offset, certainOffset));

        // The size comes last: where the disk fails before, it can be done again.
        EndAt(position);
    }

    /// <summary>Shows nothing from a batch boundary on; file and indexes are the caller's to cut.</summary>
    public void EndAt(int position)
    {
        // The largest timestamp is looked for when it is asked for.
        Volatile.Write(ref _largestTimestamp, NotRead);
        SizeBytes = position;
        _bytesSinceIndexEntry = 0;
        if (position == 0)
            _firstTimestamp = -1;
        _leavesTimestamps = position - OffsetIndex.PositionAtMost(TimeIndex.LastOffset) > TimestampBytesMax;
    }

    /// <summary>Puts the largest timestamp in the index and writes what the indexes hold back.</summary>
    public void FlushIndexes()
    {
        if (TracksTimestamps)
            TimeIndex.Append(LargestTimestamp, LargestTimestampOffset);
        OffsetIndex.Flush();
        TimeIndex.Flush();
        TransactionIndex.Flush();
    }

    /// <summary>Writes what the indexes hold back, for who syncs the whole file system.</summary>
    public (long Offset, long Time, long Transaction) PrepareIndexSync() =>
        (OffsetIndex.PrepareSync(), TimeIndex.PrepareSync(), TransactionIndex.PrepareSync());

    /// <summary>What <see cref="PrepareIndexSync"/> wrote is durable.</summary>
    public void IndexesSynced((long Offset, long Time, long Transaction) writes)
    {
        OffsetIndex.Synced(writes.Offset);
        TimeIndex.Synced(writes.Time);
        TransactionIndex.Synced(writes.Transaction);
    }

    public void SyncIndexes()
    {
        OffsetIndex.Sync();
        TimeIndex.Sync();
        TransactionIndex.Sync();
    }

    /// <summary>Keeps the files open until <see cref="Release"/>; false if they are closed already.</summary>
    public bool TryLease()
    {
        var leases = Volatile.Read(ref _leases);
        while (leases is > 0 and < NoNewLeases)
        {
            var seen = Interlocked.CompareExchange(ref _leases, leases + 1, leases);
            if (seen == leases)
                return true;
            leases = seen;
        }

        return false;
    }

    /// <summary>Ends a lease, or the partition's own hold; the last one closes the files.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _leases) is not (0 or NoNewLeases))
            return;
        File.Dispose();
        OffsetIndex.Dispose();
        TimeIndex.Dispose();
        TransactionIndex.Dispose();
        if (_deleteWhenReleased)
            DeleteFiles();
    }

    /// <summary>Removes it from the disk and gives up the partition's hold; those who read go on reading.</summary>
    public void Delete()
    {
        var mayBeRead = Interlocked.Add(ref _leases, NoNewLeases) != OwnAndNobodyElses && !TryKeepOpen();

        // Windows refuses to delete what is open, so there the last reader does it.
        if (mayBeRead || OperatingSystem.IsWindows())
            _deleteWhenReleased = true;
        try
        {
            if (!_deleteWhenReleased)
                DeleteFiles();
        }
        finally
        {
            Release();
        }
    }

    /// <summary>
    /// Opens all its files for good: whoever takes or changes their names calls it first, for a file that was closed meanwhile is
    /// opened again by its name. False if the system has no more files to give.
    /// </summary>
    public bool TryKeepOpen()
    {
        try
        {
            File.Pin();
            OffsetIndex.KeepOpen();
            TimeIndex.KeepOpen();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }


    /// <summary>Gives up the partition's hold; the files are deleted later, under another name meanwhile. Those who read go on reading.</summary>
    /// <returns>What is to be deleted.</returns>
    public IReadOnlyList<string> Retire()
    {
        if (OperatingSystem.IsWindows())
        {
            Delete();
            return [];
        }

        // Who still reads it must not depend on when the files are deleted.
        if (Interlocked.Add(ref _leases, NoNewLeases) != OwnAndNobodyElses)
            TryKeepOpen();
        try
        {
            MoveHints(SegmentFiles.Deleted);
            MoveLog(SegmentFiles.Deleted);

            // Last, for a log without it looks as if it was lost.
            BatchOffsets.Rename(PathOf(SegmentFiles.BatchOffsets) + SegmentFiles.Deleted);
            return [.. CurrentPaths().Where(_files.FileExists)];
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Renames the indexes, and what is known of the batches, to end in a suffix or, with "", in nothing more.</summary>
    public void MoveIndexes(string suffix)
    {
        MoveHints(suffix);
        BatchOffsets.Rename(PathOf(SegmentFiles.BatchOffsets) + suffix);
    }

    private void MoveHints(string suffix)
    {
        OffsetIndex.Rename(PathOf(SegmentFiles.OffsetIndex) + suffix);
        TimeIndex.Rename(PathOf(SegmentFiles.TimeIndex) + suffix);
        TransactionIndex.Rename(PathOf(SegmentFiles.TransactionIndex) + suffix);
    }

    /// <summary>
    /// Gives it its own names, in the place of whoever has them. The old indexes go first: without any, a start builds them from whichever
    /// log file it finds.
    /// </summary>
    public void TakePlace()
    {
        foreach (var suffix in SegmentFiles.All)
        {
            if (suffix != SegmentFiles.Log)
                _files.Delete(PathOf(suffix));
        }

        MoveIndexes("");
        MoveLog("");
    }

    /// <summary>Renames the log file likewise.</summary>
    public void MoveLog(string suffix)
    {
        if (suffix == _suffix)
            return;
        File.Rename(_files, PathOf(SegmentFiles.Log) + suffix);
        _suffix = suffix;
    }

    // Where the last entry of the index is far away (the largest timestamp came early, or all are the same), recovery leaves it to the first
    // append, or who asks, to read what is between: entries are hints, and those that it does not make are not missed.
    private bool TracksTimestamps => !_leavesTimestamps || Volatile.Read(ref _largestTimestamp) != NotRead;

    // Its purpose is that segments do not all roll at once: their names are random enough for that, and the same each time.
    private static long Jitter(string directory, long baseOffset, LogConfig config)
    {
        var jitterMs = Math.Min(config.SegmentJitterMs, config.SegmentMs);
        return jitterMs <= 0 ? 0 : Crc32C.Compute(Encoding.UTF8.GetBytes(SegmentFiles.Path(directory, baseOffset, SegmentFiles.Log))) % jitterMs;
    }

    private string PathOf(string suffix) => SegmentFiles.Path(_directory, BaseOffset, suffix);

    private string[] CurrentPaths() =>
        [OffsetIndex.Path, TimeIndex.Path, TransactionIndex.Path, PathOf(SegmentFiles.Log) + _suffix, BatchOffsets.Path];

    private void DeleteFiles()
    {
        foreach (var path in CurrentPaths())
            _files.Delete(path);
    }

    private long ReadFirstTimestamp()
    {
        Span<byte> header = stackalloc byte[RecordBatchHeader.SizeInBytes];
        return SizeBytes > 0 && File.Read(header, 0) == header.Length ? new RecordBatchView(header).MaxTimestamp : -1;
    }

    // The index of a segment that an earlier process closed ends with it, if the index is whole: the log itself says whether.
    private void ReadLargestTimestamp()
    {
        if (Volatile.Read(ref _largestTimestamp) != NotRead)
            return;
        var (timestamp, offset) = TimestampSearch.LargestOf(this, out var isIndexRight);
        if (!isIndexRight)
        {
            TimeIndex.TruncateTo(BaseOffset);
            TimeIndex.Flush();
        }

        SetLargestTimestamp(timestamp, offset);
    }

    private void SetLargestTimestamp(long timestamp, long offset)
    {
        Volatile.Write(ref _largestTimestampOffset, offset);
        Volatile.Write(ref _largestTimestamp, timestamp);
    }
}

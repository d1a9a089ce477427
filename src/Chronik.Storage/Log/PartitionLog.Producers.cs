using Chronik.Storage.IO;
using Chronik.Storage.Producers;
using Chronik.Storage.Recovery;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Log;

/// <content>What is remembered of producers, and its snapshots.</content>
internal sealed partial class PartitionLog
{
    // Of the newest checkpoint, ended or under way; guarded by the append lock.
    private long _checkpointedOffset;

    public IReadOnlyList<ActiveProducer> ActiveProducers()
    {
        lock (_appendLock)
            return _producers.Describe();
    }

    public int RemoveExpiredProducers()
    {
        lock (_appendLock)
            return _producers.RemoveExpired(_context.NowMs, _config.ProducerIdExpirationMs);
    }

    private byte[] Snapshot() => ProducerSnapshot.Write(_producers, AbortedSums.Of(_segments, _end.Offset));

    // As Kafka does, each segment but the first begins with a snapshot: where a later one or a transaction index is damaged, no more than a
    // segment is read again. It is not made durable: its checksum tells a torn one, and recovery then takes the one before. So it must not
    // take the place of a checkpoint's own, which is durable, and alone knows the producers whose records were deleted since.
    private void SnapshotAtRoll()
    {
        if (_producers.Count == 0 || _end.Offset == _checkpointedOffset)
            return;
        var path = SegmentFiles.Path(_directory, _end.Offset, SegmentFiles.ProducerSnapshot);
        using (var file = _context.Files.Open(path + SegmentFiles.Temporary, FileOpenKind.CreateOrTruncate))
            file.Write(Snapshot(), 0);
        _context.Files.Rename(path + SegmentFiles.Temporary, path);
    }

    // The two newest, those with which segments begin, and those that recovery points name: only these are surely durable.
    private void DeleteOldSnapshots()
    {
        const int Kept = 2;
        var segments = View().Segments.Select(static segment => segment.BaseOffset).ToHashSet();
        var snapshots = _context.Files.ListFiles(_directory)
            .Where(static name => SegmentFiles.TryParse(name, SegmentFiles.ProducerSnapshot, out _)).ToList();
        foreach (var name in snapshots.SkipLast(Kept))
        {
            if (SegmentFiles.TryParse(name, SegmentFiles.ProducerSnapshot, out var offset)
                && !segments.Contains(offset) && offset != _savedRecoveryPoint && offset != RecoveryPoint)
                _context.Files.Delete($"{_directory}/{name}");
        }
    }
}

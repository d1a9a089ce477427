using Chronik.Records;

namespace Chronik.Storage.Compaction;

/// <summary>Which records of one batch stay: the last of their key, tombstones until their delete horizon (KIP-534), all of a marker.</summary>
internal readonly struct RecordRetention(OffsetMap map, CompactionStats stats, bool isControl, bool dropsTombstones) : IRecordSelector
{
    public bool Keeps(RecordView record)
    {
        if (isControl || record.Offset > map.LatestOffset)
            return true;
        if (!record.IsKeyNull)
            return record.Offset >= map.Get(record.Key) && !(record.IsValueNull && dropsTombstones);
        stats.KeylessRecords++;
        return false;
    }
}

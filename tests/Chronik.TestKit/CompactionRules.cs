namespace Chronik.TestKit;

/// <summary>What a compacted log still holds, however far compaction came and whatever cut it off.</summary>
public static class CompactionRules
{
    /// <summary>
    /// The last committed record of each key is there, unless it is a tombstone; what removed a record outlives it, so that nothing
    /// comes back; and records of open transactions are not touched. Null, or the first that is not so.
    /// </summary>
    /// <param name="written">All that was written up to the log's end, by offset.</param>
    /// <param name="isLeft">Whether the record of an offset can still be read.</param>
    /// <param name="start">The log's start: what lies below may be gone for other reasons.</param>
    public static string? FindBroken(IEnumerable<KeyedRecord> written, Predicate<long> isLeft, long start)
    {
        var latest = new Dictionary<string, (KeyedRecord Record, bool IsLeft)>(StringComparer.Ordinal);
        foreach (var record in written)
        {
            if (record.Offset < start || record.Key is null)
                continue;
            var isThere = isLeft(record.Offset);
            if (record.IsCommitted is null && !isThere)
                return $"{record.Offset} of an open transaction, key {record.Key}, is lost";
            if (record.IsCommitted != true)
                continue;
            if (!isThere && latest.TryGetValue(record.Key, out var before) && before.IsLeft)
                return $"{before.Record.Offset}, key {record.Key}, is there, though {record.Offset} behind it is gone";
            latest[record.Key] = (record, isThere);
        }

        foreach (var (key, (last, isThere)) in latest)
        {
            if (!isThere && !last.IsTombstone)
                return $"{last.Offset}, the last of key {key}, is lost";
        }

        return null;
    }
}

namespace Chronik.Storage.Log;

/// <summary>A record, found by its timestamp.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="Timestamp">Its timestamp in milliseconds.</param>
/// <param name="LeaderEpoch">The leader epoch of its batch, or -1.</param>
public readonly record struct OffsetAndTimestamp(long Offset, long Timestamp, int LeaderEpoch);

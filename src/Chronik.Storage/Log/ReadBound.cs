namespace Chronik.Storage.Log;

/// <summary>Where a read ends.</summary>
public enum ReadBound
{
    /// <summary>Below the high watermark: an ordinary consumer (read_uncommitted).</summary>
    HighWatermark,

    /// <summary>Below the last stable offset, with the aborted transactions: read_committed.</summary>
    LastStable,

    /// <summary>All that is written, durable or not: the broker's own use.</summary>
    LogEnd,
}

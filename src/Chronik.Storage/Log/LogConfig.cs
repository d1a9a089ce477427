namespace Chronik.Storage.Log;

/// <summary>A partition's settings, with Kafka's names, meanings and defaults (topic configs).</summary>
public sealed record LogConfig
{
    /// <summary>segment.bytes: a segment is rolled before it grows past this.</summary>
    public int SegmentBytesMax { get; init; } = 1 << 30;

    /// <summary>segment.ms: a segment older than this is rolled by the next append, in milliseconds.</summary>
    public long SegmentMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary>segment.jitter.ms: up to so much is taken off <see cref="SegmentMs"/> at random, for each segment anew.</summary>
    public long SegmentJitterMs { get; init; }

    /// <summary>segment.index.bytes: the size bound of an index file.</summary>
    public int SegmentIndexBytesMax { get; init; } = 10 * 1024 * 1024;

    /// <summary>index.interval.bytes: an index entry for each so many bytes of records.</summary>
    public int IndexIntervalBytes { get; init; } = 4096;

    /// <summary>retention.ms, -1 for ever.</summary>
    public long RetentionMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary>retention.bytes, -1 without bound.</summary>
    public long RetentionBytes { get; init; } = -1;

    /// <summary>file.delete.delay.ms: how long files that left the log wait on disk, as <c>.deleted</c>.</summary>
    public long FileDeleteDelayMs { get; init; } = 60_000;

    /// <summary>cleanup.policy has compact: of each key the last record is kept.</summary>
    public bool IsCompacted { get; init; }

    /// <summary>min.cleanable.dirty.ratio: a log is compacted when this part of it was not compacted yet.</summary>
    public double MinCleanableDirtyRatio { get; init; } = 0.5;

    /// <summary>min.compaction.lag.ms: records younger than this are not compacted.</summary>
    public long MinCompactionLagMs { get; init; }

    /// <summary>max.compaction.lag.ms: records older than this are compacted whatever the ratio (KIP-354).</summary>
    public long MaxCompactionLagMs { get; init; } = long.MaxValue;

    /// <summary>delete.retention.ms: how long tombstones and transaction markers stay after they were first compacted.</summary>
    public long DeleteRetentionMs { get; init; } = 24L * 60 * 60 * 1000;

    /// <summary>message.timestamp.type=LogAppendTime: the broker stamps each batch.</summary>
    public bool StampLogAppendTime { get; init; }

    /// <summary>chronik flush=os: acknowledged and visible from the page cache, as Kafka does.</summary>
    public bool FlushOs { get; init; }

    /// <summary>producer.id.expiration.ms: an idle producer's state is kept this long.</summary>
    public long ProducerIdExpirationMs { get; init; } = 24L * 60 * 60 * 1000;

    /// <summary>At what age a segment is rolled: one that is to be compacted in time must not stay the active one (KIP-354).</summary>
    internal long RollMs => IsCompacted ? Math.Min(SegmentMs, MaxCompactionLagMs) : SegmentMs;
}

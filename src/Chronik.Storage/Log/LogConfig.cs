namespace Chronik.Storage.Log;

/// <summary>A partition's settings, with Kafka's names, meanings and defaults (topic configs).</summary>
public sealed record LogConfig
{
    /// <summary>segment.bytes: a segment is rolled before it grows past this.</summary>
    public int SegmentBytesMax { get; init; } = 1 << 30;

    /// <summary>segment.ms: a segment older than this is rolled by the next append, in milliseconds.</summary>
    public long SegmentMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary>segment.index.bytes: the size bound of an index file.</summary>
    public int SegmentIndexBytesMax { get; init; } = 10 * 1024 * 1024;

    /// <summary>index.interval.bytes: an index entry for each so many bytes of records.</summary>
    public int IndexIntervalBytes { get; init; } = 4096;

    /// <summary>retention.ms, -1 for ever.</summary>
    public long RetentionMs { get; init; } = 7L * 24 * 60 * 60 * 1000;

    /// <summary>retention.bytes, -1 without bound.</summary>
    public long RetentionBytes { get; init; } = -1;

    /// <summary>message.timestamp.type=LogAppendTime: the broker stamps each batch.</summary>
    public bool StampLogAppendTime { get; init; }

    /// <summary>chronik flush=os: acknowledged and visible from the page cache, as Kafka does.</summary>
    public bool FlushOs { get; init; }

    /// <summary>producer.id.expiration.ms: an idle producer's state is kept this long.</summary>
    public long ProducerIdExpirationMs { get; init; } = 24L * 60 * 60 * 1000;
}

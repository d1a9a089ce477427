namespace Chronik.Storage.Compaction;

/// <summary>The settings of compaction that all logs share: Kafka's log.cleaner.*, with its defaults.</summary>
public sealed record CleanerConfig
{
    /// <summary>log.cleaner.enable: whether logs are compacted at all.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>log.cleaner.threads: how many logs are compacted at once.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>log.cleaner.backoff.ms: how long to wait when no log is dirty enough.</summary>
    public long BackoffMs { get; init; } = 15_000;

    /// <summary>log.cleaner.dedupe.buffer.size: bytes for the keys of all compactions together.</summary>
    public long DedupeBufferBytes { get; init; } = 128L << 20;

    /// <summary>log.cleaner.io.buffer.load.factor: the part of the key table that is filled.</summary>
    public double LoadFactor { get; init; } = 0.9;

    /// <summary>log.cleaner.io.buffer.size: bytes for reading and writing of all compactions together.</summary>
    public int IoBufferBytes { get; init; } = 512 << 10;

    /// <summary>log.cleaner.io.max.bytes.per.second: bytes read and written, together.</summary>
    public double IoBytesPerSecondMax { get; init; } = double.MaxValue;
}

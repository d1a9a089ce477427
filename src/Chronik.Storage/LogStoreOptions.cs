using Chronik.Protocol;
using Chronik.Storage.Compaction;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Microsoft.Extensions.Logging;

namespace Chronik.Storage;

/// <summary>What a <see cref="LogStore"/> works with.</summary>
public sealed record LogStoreOptions
{
    /// <summary>The data folder; made where it is missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The files.</summary>
    public required IFileSystem Files { get; init; }

    /// <summary>The clock, for retention, rolls by time and expiry.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where commits and background work run; logs are opened by no more workers at once than it runs.</summary>
    public required TaskScheduler Scheduler { get; init; }

    /// <summary>Where events are logged.</summary>
    public required ILoggerFactory LoggerFactory { get; init; }

    /// <summary>Told when more may be read, or null.</summary>
    public IHighWatermarkListener? Listener { get; init; }

    /// <summary>The settings of a log that is found in the data folder; without it, the defaults.</summary>
    public Func<TopicPartition, LogConfig>? ConfigOf { get; init; }

    /// <summary>
    /// In place of <see cref="ConfigOf"/> where the settings can be read only once the folder is this process's own: asked when its
    /// lock is taken, before any log is opened.
    /// </summary>
    public Func<Task<Func<TopicPartition, LogConfig>>>? LoadConfigs { get; init; }

    /// <summary>The settings of compaction in force; asked before each round.</summary>
    public Func<CleanerConfig> Cleaner { get; init; } = static () => new CleanerConfig();

    /// <summary>What the hash of record keys is seeded with, used under a lock; without it, the same each time.</summary>
    public Random? Random { get; init; }

    /// <summary>log.flush.offset.checkpoint.interval.ms: how often recovery points are moved up.</summary>
    public long CheckpointIntervalMs { get; init; } = 60_000;

    /// <summary>log.retention.check.interval.ms: how often old segments are looked for.</summary>
    public long RetentionCheckIntervalMs { get; init; } = 300_000;

    /// <summary>chronik.disk.reserve.bytes: no records are taken that would leave fewer bytes free on the disk.</summary>
    public long DiskReserveBytes { get; init; } = 16 << 20;

    /// <summary>From so many partitions on, a start after a crash syncs their file system as a whole, not each of their files.</summary>
    public int SyncTogetherPartitionsMin { get; init; } = CheckpointSync.PartitionsMin;

    /// <summary>chronik.open.files.max: so many files of partitions are kept open, but for those in use.</summary>
    public int OpenFilesMax { get; init; } = ProcessLimits.DefaultOpenFilesMax;
}

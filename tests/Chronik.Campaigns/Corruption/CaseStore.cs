using Chronik.Protocol;
using Chronik.Storage;
using Chronik.Storage.Compaction;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.TestKit;
using Microsoft.Extensions.Logging;

namespace Chronik.Campaigns.Corruption;

/// <summary>A store on files in memory, on one thread and a clock of its own.</summary>
internal sealed class CaseStore(InMemoryFileSystem memory, ILoggerFactory logs)
{
    public static readonly LogConfig Config = new() { SegmentBytesMax = 5000, IndexIntervalBytes = 400, RetentionMs = -1 };

    public const string CompactedTopic = "c";

    private static readonly LogConfig s_compacted = Config with { IsCompacted = true, MinCleanableDirtyRatio = 0, FileDeleteDelayMs = 0 };

    private LogStore? _store;

    public CaseScheduler Scheduler { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public InMemoryFileSystem Memory => memory;

    public LogStore Store => _store!;

    /// <summary>Whether the compacted topic is compacted now.</summary>
    public bool Compacts { get; set; }

    public LogStore Open() => _store = Scheduler.Run(() => LogStore.OpenAsync(new LogStoreOptions
    {
        DataDirectory = StoreImage.DataDirectory,
        Files = memory,
        Time = Time,
        Scheduler = Scheduler,
        LoggerFactory = logs,
        ConfigOf = ConfigOf,
        Cleaner = () => new CleanerConfig { IsEnabled = Compacts },
    }));

    public IPartitionLog Create(TopicPartition partition, TopicId topic) =>
        Scheduler.Run(() => Store.CreateAsync(partition, topic, ConfigOf(partition)).AsTask());

    private static LogConfig ConfigOf(TopicPartition partition) => partition.Topic == CompactedTopic ? s_compacted : Config;

    public void Close() => Scheduler.Run(async () =>
    {
        await Store.DisposeAsync();
        return true;
    });
}

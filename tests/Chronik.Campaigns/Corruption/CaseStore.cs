using Chronik.Protocol;
using Chronik.Storage;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.TestKit;
using Microsoft.Extensions.Logging;

namespace Chronik.Campaigns.Corruption;

/// <summary>A store on files in memory, on one thread and a clock of its own.</summary>
internal sealed class CaseStore(InMemoryFileSystem memory, ILoggerFactory logs)
{
    public static readonly LogConfig Config = new() { SegmentBytesMax = 5000, IndexIntervalBytes = 400, RetentionMs = -1 };

    private LogStore? _store;

    public CaseScheduler Scheduler { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public InMemoryFileSystem Memory => memory;

    public LogStore Store => _store!;

    public LogStore Open() => _store = Scheduler.Run(() => LogStore.OpenAsync(new LogStoreOptions
    {
        DataDirectory = StoreImage.DataDirectory,
        Files = memory,
        Time = Time,
        Scheduler = Scheduler,
        LoggerFactory = logs,
        ConfigOf = static _ => Config,
    }));

    public IPartitionLog Create(TopicPartition partition, TopicId topic) =>
        Scheduler.Run(() => Store.CreateAsync(partition, topic, Config).AsTask());

    public void Close() => Scheduler.Run(async () =>
    {
        await Store.DisposeAsync();
        return true;
    });
}

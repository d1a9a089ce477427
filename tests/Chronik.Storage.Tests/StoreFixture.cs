using Chronik.Protocol;
using Chronik.Storage.Compaction;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.TestKit;

namespace Chronik.Storage.Tests;

/// <summary>A store on files in memory, one thread, a clock that stands still.</summary>
internal sealed class StoreFixture : IHighWatermarkListener
{
    public static readonly TopicPartition Partition = new("t", 0);
    public static readonly TopicId Topic = new(new Guid("00112233-4455-6677-8899-aabbccddeeff"));

    private LogStore? _store;
    private int _lives;

    public InMemoryFileSystem Memory { get; } = new();

    public Func<FileOperation, string, IOException?>? Fault { get; set; }

    /// <summary>Whether a page of a file cannot be read.</summary>
    public Func<string, long, bool>? IsBadPage { get; set; }

    /// <summary>Which folders a sync of the whole file system reaches; null for all.</summary>
    public Func<string, bool>? CoversDirectory { get; set; }

    public ManualScheduler Scheduler { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public LogConfig Config { get; set; } = new();

    public int OpenFilesMax { get; set; } = 100;

    public CollectedLog Logged { get; } = [];

    public CleanerConfig Cleaner { get; set; } = new();

    public List<long> Advances { get; } = [];

    public LogStore Store => _store!;

    public LogStore Open() => _store = Scheduler.Run(() => LogStore.OpenAsync(new LogStoreOptions
    {
        DataDirectory = "/data",
        Files = FilesOfThisLife(),
        Time = Time,
        Scheduler = Scheduler,
        LoggerFactory = Logged,
        Listener = this,
        ConfigOf = _ => Config,
        OpenFilesMax = OpenFilesMax,
        Cleaner = () => Cleaner,
    }));

    public IPartitionLog OpenLog() => LogOf(Open());

    public IPartitionLog LogOf(LogStore store, int partition = 0) =>
        Scheduler.Run(() => store.CreateAsync(Partition with { Partition = partition }, Topic, Config).AsTask());

    public void Close() => Scheduler.Run(() => Store.DisposeAsync().AsTask());

    public IPartitionLog Restart()
    {
        Close();
        return OpenLog();
    }

    /// <summary>kill -9: nothing more is run, nothing is lost that the system had.</summary>
    public IPartitionLog KillAndRestart()
    {
        Kill();
        Scheduler.RunAll();
        return OpenLog();
    }

    public void Kill()
    {
        _lives++;
        Memory.Kill();
    }

    /// <summary>A power cut.</summary>
    public IPartitionLog CrashAndRestart(Random? survivors = null)
    {
        Cut(survivors);
        Scheduler.RunAll();
        return OpenLog();
    }

    public void Cut(Random? survivors = null)
    {
        _lives++;
        Memory.Crash(survivors);
    }

    // The timers of a dead process still fire here; it must not touch anything any more.
    private BadSectors FilesOfThisLife()
    {
        var life = _lives;
        var faulty = new FaultyFileSystem(
            Memory, (operation, path) => life == _lives ? Fault?.Invoke(operation, path) : new IOException("This process is dead."))
        {
            Covers = directory => CoversDirectory?.Invoke(directory) ?? true,
        };
        return new BadSectors(faulty, (path, page) => IsBadPage?.Invoke(path, page) == true);
    }

    public void OnHighWatermarkAdvanced(IPartitionLog log) => Advances.Add(log.HighWatermark);
}

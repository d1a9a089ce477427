using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Chronik.Protocol;
using Chronik.Storage.Importing;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Recovery;
using Chronik.Storage.Retention;
using Microsoft.Extensions.Logging;

namespace Chronik.Storage;

/// <summary>The partition logs of a data folder, in Kafka's layout.</summary>
public sealed class LogStore : ILogStore
{
    private const string LockFile = ".lock";

    private readonly LogStoreOptions _options;
    private readonly OpenFiles _openFiles;
    private readonly ILogger _logger;
    private readonly IDisposable _lock;
    private readonly ConcurrentDictionary<TopicPartition, PartitionLog> _logs = new();
    private readonly ConcurrentDictionary<TopicPartition, TopicPartition> _unopened = new();
    private readonly SemaphoreSlim _changes = new(1);

    // Folders of logs that are no more but that the disk did not let go; guarded by _changes.
    private readonly Dictionary<TopicPartition, TopicId> _leftovers = [];
    private readonly GroupCommitter _committer;
    private readonly LogContext _context;
    private readonly StoreCheckpoints _checkpoints;
    private readonly DeletedFiles _deleted;
    private readonly StoreMaintenance _maintenance;
    private readonly CheckpointSync? _checkpointSync;
    private readonly NowAndThen _isPressureTold = new();
    private Func<TopicPartition, LogConfig>? _configOf;
    private volatile bool _areAllOpen = true;
    private bool _isDisposed;

    private LogStore(LogStoreOptions options, IDisposable dataLock)
    {
        _openFiles = new OpenFiles(options.Files, options.OpenFilesMax);
        _options = options with { Files = _openFiles };
        _lock = dataLock;
        _logger = options.LoggerFactory.CreateLogger<LogStore>();
        _deleted = new DeletedFiles(_openFiles, options.Time, _logger);
        _committer = new GroupCommitter(options.Scheduler, options.Time, _openFiles, options.Files.OpenSync(options.DataDirectory), options.Listener);
        _checkpoints = new StoreCheckpoints(_openFiles, options.DataDirectory, _logs, _logger);
        _context = new LogContext(_openFiles, options.Time, _committer, options.Listener, _logger)
        {
            Deleted = _deleted,
            SaveLogStarts = _checkpoints.SaveLogStartsAsync,
            OnWritesLost = () => RunMarker.Forget(_openFiles, options.DataDirectory),
            Disk = new DiskSpace(_openFiles, options.DataDirectory, options.DiskReserveBytes, options.Time, _logger),
        };
        _checkpointSync = options.Files.OpenSync(options.DataDirectory) is { } sync ? new CheckpointSync(sync, options.Scheduler) : null;
        _maintenance = new StoreMaintenance(_options, _logs, _checkpoints, _context.Disk, _deleted, _checkpointSync, _logger);
        _openFiles.OnPressure = OnPressure;
    }

    /// <inheritdoc/>
    public IEnumerable<IPartitionLog> Logs => _logs.Values;

    /// <inheritdoc/>
    public IReadOnlyCollection<TopicPartition> Unopened => [.. _unopened.Keys];

    /// <summary>Files of partitions that are open now.</summary>
    public int OpenFileCount => _openFiles.Count;

    /// <summary>Opens a data folder and recovers what the last run left.</summary>
    /// <exception cref="LogStoreException">Another process uses it, or it cannot be made.</exception>
    public static async Task<LogStore> OpenAsync(LogStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var directory = options.DataDirectory;
        IDisposable? dataLock;
        if (options.Files.FileExists(directory))
            throw new LogStoreException($"The data folder {directory} is a file: name a folder (--data-dir, CHRONIK_DATA_DIR or log.dirs).");
        try
        {
            DurableFolder.Make(options.Files, directory);
            dataLock = options.Files.TryLock($"{directory}/{LockFile}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LogStoreException($"The data folder {directory} cannot be used: {error.Message}", error);
        }

        if (dataLock is null)
        {
            var holder = SignedLock.HolderOf(options.Files, $"{directory}/{LockFile}") is { } process ? $" (process {process})" : "";
            throw new LogStoreException($"The data folder {directory} is in use by another server{holder}.");
        }

        var store = new LogStore(options, dataLock);
        try
        {
            await store.LoadAsync();
        }
        catch
        {
            store._checkpointSync?.Dispose();
            store._committer.Dispose();
            dataLock.Dispose();
            throw;
        }

        store._maintenance.Start();
        return store;
    }

    /// <inheritdoc/>
    public bool TryGet(TopicPartition partition, [NotNullWhen(true)] out IPartitionLog? log)
    {
        var found = _logs.TryGetValue(partition, out var existing);
        log = existing;
        return found;
    }

    /// <inheritdoc/>
    public async ValueTask<IPartitionLog> CreateAsync(TopicPartition partition, TopicId topicId, LogConfig config)
    {
        var (log, isNew) = await GetOrCreateAsync(partition, topicId, config);
        var error = await log.WhenDurable(0, continuesAside: true);
        if (error == ErrorCode.None)
        {
            log.AdoptTopicId(topicId);
            return log;
        }

        if (isNew)
            await WithdrawAsync(partition);
        throw new IOException($"The log of {partition} could not be made durable: {error}.");
    }

    /// <inheritdoc/>
    public void Relabel(TopicPartition partition, TopicId topicId)
    {
        if (_logs.TryGetValue(partition, out var log))
            log.Relabel(topicId);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(TopicPartition partition)
    {
        await _changes.WaitAsync();
        try
        {
            if (_logs.TryRemove(partition, out var log))
            {
                _leftovers[partition] = log.TopicId;
                await _maintenance.ForgetAsync(partition);
                log.Release(LogState.Deleted);

                // It must not write into a folder that is gone, or that a new log has under the same name.
                await log.WhenCheckpointsEnded();
            }

            RemoveLeftover(partition);
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>Makes everything durable, notes that the next start need not recover, and gives the data folder back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _maintenance.DisposeAsync();
        _deleted.DeleteDue(all: true);
        var isClean = _areAllOpen;
        await CheckpointSync.EachAsync(_checkpointSync, _logs.InOrder(), async (log, together) =>
        {
            try
            {
                if (!await log.CloseAsync(together))
                    isClean = false;
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException)
            {
                isClean = false;
                _logger.MaintenanceFailed(log.TopicPartition.ToString(), error);
            }
        });

        try
        {
            await _checkpoints.SaveAsync();
            if (isClean)
                CleanShutdownMarker.Write(_options.Files, _options.DataDirectory);
        }
        catch (IOException error)
        {
            if (!_context.Disk.WasFull(error))
                _logger.MaintenanceFailed(_options.DataDirectory, error);
        }

        _checkpointSync?.Dispose();
        _committer.Dispose();
        _changes.Dispose();
        _checkpoints.Dispose();
        _lock.Dispose();
    }

    private void OnPressure(IOException? refused)
    {
        if (refused is not null && _isPressureTold.TryTell(_options.Time))
            _logger.TooManyOpenFiles(ProcessLimits.OpenFiles ?? 0, refused.Message);
        _maintenance.CheckpointSoon();
    }

    // Renamed first: what a crash leaves of it is never taken for the log of a new topic of this name.
    private void RemoveLeftover(TopicPartition partition)
    {
        if (!_leftovers.TryGetValue(partition, out var topicId))
            return;
        var directory = DirectoryOf(partition);
        var deleted = $"{_options.DataDirectory}/{LogFolder.DeletedName(partition, topicId)}";
        if (_options.Files.DirectoryExists(directory))
        {
            _options.Files.DeleteDirectory(deleted);
            _options.Files.Rename(directory, deleted);
        }

        _options.Files.SyncDirectory(_options.DataDirectory);
        _options.Files.DeleteDirectory(deleted);
        _leftovers.Remove(partition);
    }

    private string DirectoryOf(TopicPartition partition) => $"{_options.DataDirectory}/{partition}";

    // A log whose folder may be lost in a power cut must not come back online: to try again is to create it again.
    private async ValueTask WithdrawAsync(TopicPartition partition)
    {
        try
        {
            await DeleteAsync(partition);
        }
        catch (IOException error)
        {
            _logger.MaintenanceFailed(partition.ToString(), error);
        }
    }

    private async ValueTask<(PartitionLog Log, bool IsNew)> GetOrCreateAsync(TopicPartition partition, TopicId topicId, LogConfig config)
    {
        if (_logs.TryGetValue(partition, out var existing))
            return (existing, false);
        await _changes.WaitAsync();
        try
        {
            if (_logs.TryGetValue(partition, out existing))
                return (existing, false);
            RemoveLeftover(partition);
            var directory = DirectoryOf(partition);
            if (_options.Files.DirectoryExists(directory))
                throw new IOException($"There is a folder {directory} that could not be opened: it is not overwritten.");
            if (!_context.Disk.TryTake(NewLog.Bytes))
                throw new IOException(_context.Disk.Message);
            await _checkpoints.ForgetAsync(partition);
            _leftovers[partition] = topicId;
            var loaded = NewLog.Create(_options.Files, directory, partition, topicId, config, _context.NowMs);
            _leftovers.Remove(partition);
            return (_logs[partition] = new PartitionLog(loaded, _context) { HasConfig = true }, true);
        }
        finally
        {
            _changes.Release();
        }
    }

    private async Task LoadAsync()
    {
        StagedLogs.MoveIn(_options.Files, _options.DataDirectory);
        _configOf = _options.LoadConfigs is { } load ? await load() : _options.ConfigOf;
        var isClean = CleanShutdownMarker.Take(_options.Files, _options.DataDirectory);
        if (!isClean)
            _options.Files.SyncDirectory(_options.DataDirectory);
        var mayBeTorn = !isClean && !RunMarker.IsOfThisRun(_options.Files, _options.DataDirectory);
        var found = FindFolders(isClean, mayBeTorn);
        using var sync = !isClean && found.Count >= _options.SyncTogetherPartitionsMin ? SyncAll() : null;
        var folders = new ConcurrentQueue<LogFolder>(found.Select(folder => folder with { SyncedBy = sync }));
        using var progress = new LoadProgress(folders.Count, _options.Time, _logger);
        var workersMax = Math.Min(Environment.ProcessorCount, _options.Scheduler.MaximumConcurrencyLevel);
        var workers = Enumerable.Range(0, Math.Min(folders.Count, workersMax)).Select(_ => Task.Factory.StartNew(
            () => LoadFrom(folders, progress), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _options.Scheduler));
        await Task.WhenAll(workers);
        if (_areAllOpen)
            RunMarker.Write(_options.Files, _options.DataDirectory);
        _logger.StoreOpened(_options.DataDirectory, _logs.Count, progress.Elapsed.TotalSeconds, isClean, progress.ScannedBytes);
    }

    // What a killed process left, bytes and names, of all logs at once: one after the other, each waits for the disk. Null where it
    // cannot be done, or failed: then each log asks for itself.
    private IFileSystemSync? SyncAll()
    {
        var sync = _options.Files.OpenSync(_options.DataDirectory);
        try
        {
            sync?.Sync();
            return sync;
        }
        catch (IOException)
        {
            sync?.Dispose();
            return null;
        }
    }

    private void LoadFrom(ConcurrentQueue<LogFolder> folders, LoadProgress progress)
    {
        while (folders.TryDequeue(out var folder))
        {
            try
            {
                var loaded = LogLoader.Load(folder);
                _logs[folder.TopicPartition] = new PartitionLog(loaded, _context) { HasConfig = _options.ConfigOf is not null };
                progress.Add(loaded.ScannedBytes);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                _areAllOpen = false;
                _unopened[folder.TopicPartition] = folder.TopicPartition;
                _checkpoints.Keep(folder.TopicPartition, folder.RecoveryPoint, folder.StartOffset);
                _logger.LogNotOpened(folder.TopicPartition.ToString(), error);
            }
        }
    }

    private List<LogFolder> FindFolders(bool isClean, bool mayBeTorn)
    {
        var files = _options.Files;
        var (recoveryPoints, logStarts) = _checkpoints.Read();
        var cleaned = _checkpoints.Cleaned;
        var folders = new List<LogFolder>();
        foreach (var name in files.ListDirectories(_options.DataDirectory))
        {
            if (name.EndsWith(LogFolder.DeletedSuffix, StringComparison.Ordinal))
            {
                files.DeleteDirectory($"{_options.DataDirectory}/{name}");
                continue;
            }

            if (name is StagedLogs.Folder or StagedLogs.UnfinishedFolder)
                continue;
            if (!LogFolder.TryParse(name, out var partition))
            {
                _logger.ForeignFolder($"{_options.DataDirectory}/{name}");
                continue;
            }

            folders.Add(new LogFolder
            {
                Files = files,
                Directory = $"{_options.DataDirectory}/{name}",
                TopicPartition = partition,
                Config = _configOf?.Invoke(partition) ?? new LogConfig(),
                Logger = _logger,
                NowMs = _context.NowMs,
                WasClosedCleanly = isClean,
                MayBeTorn = mayBeTorn,
                RecoveryPoint = recoveryPoints.GetValueOrDefault(partition),
                StartOffset = logStarts.GetValueOrDefault(partition),
                WasCompacted = cleaned.ContainsKey(partition),
            });
        }

        return folders;
    }
}

using Chronik.Storage.IO;

namespace Chronik.Storage.Log;

/// <summary>
/// Makes all that was appended meanwhile durable at once. No timers: a commit starts when there is something to commit and
/// the last commit ended, so it takes the more the slower the disk is.
/// </summary>
internal sealed class GroupCommitter(TaskScheduler scheduler, IFileSystem directories, IFileSystemSync? fileSystem, IHighWatermarkListener? listener) : IDisposable
{
    /// <summary>From so many dirty files on one syncfs costs less than a fdatasync for each.</summary>
    internal const int FileSystemSyncFilesMin = 4;

    private readonly Lock _lock = new();
    private readonly Stack<CommitRound> _rounds = new();
    private List<ICommittable> _dirty = [];
    private bool _running;

    public DurableWaiterPool Waiters { get; } = new();

    /// <summary>Commits that were made.</summary>
    public long Commits { get; private set; }

    /// <summary>Files that were synced one by one.</summary>
    public long FileSyncs { get; private set; }

    /// <summary>Takes an item into the next commit. It must not be in already.</summary>
    public void Enqueue(ICommittable item)
    {
        lock (_lock)
        {
            _dirty.Add(item);
            if (_running)
                return;
            _running = true;
        }

        Start();
    }

    public void Dispose() => fileSystem?.Dispose();

    private void Start() =>
        _ = Task.Factory.StartNew(
            static state => ((GroupCommitter)state!).Commit(), this, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);

    private void Commit()
    {
        CommitRound round;
        lock (_lock)
        {
            round = _rounds.Count > 0 ? _rounds.Pop() : new CommitRound();
            (_dirty, round.Items) = (round.Items, _dirty);
        }

        round.Begin();
        Sync(round);
        round.End();

        // The next commit runs beside the continuations of this one.
        bool more;
        lock (_lock)
        {
            Commits++;
            more = _running = _dirty.Count > 0;
        }

        if (more)
            Start();
        round.Complete(listener);
        lock (_lock)
            _rounds.Push(round);
    }

    private void Sync(CommitRound round)
    {
        if (round.Files.Count >= FileSystemSyncFilesMin && TrySyncFileSystem())
        {
            round.MarkFilesSynced();
            return;
        }

        foreach (var (item, file, _) in round.Files)
        {
            try
            {
                file.Sync();
            }
            catch (IOException error)
            {
                round.Errors.TryAdd(item, error);
            }
        }

        foreach (var (item, path) in round.Directories)
        {
            try
            {
                directories.SyncDirectory(path);
            }
            catch (IOException error)
            {
                round.Errors.TryAdd(item, error);
            }
        }

        FileSyncs += round.Files.Count;
    }

    // When it fails, each file is asked for itself: its own state of errors is not consumed, and others stay online.
    private bool TrySyncFileSystem()
    {
        if (fileSystem is null)
            return false;
        try
        {
            fileSystem.Sync();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}

using Chronik.Storage.IO;

namespace Chronik.Storage.Log;

/// <summary>
/// Makes all that was appended meanwhile durable at once. No timers: a commit starts when there is something to commit and
/// the last commit ended, so it takes the more the slower the disk is.
/// </summary>
/// <remarks>
/// Where the scheduler is the thread pool, commits have a thread of their own while there are any: a commit then waits for no
/// worker of the pool, blocks none, and wakes none. Any other scheduler runs each commit as a task.
/// </remarks>
internal sealed class GroupCommitter(
    TaskScheduler scheduler, TimeProvider time, IFileSystem directories, IFileSystemSync? fileSystem, IHighWatermarkListener? listener) : IDisposable
{
    // Who waits for a round that has more waiters does not hold up the next commit.
    private const int WaitersCompletedInlineMax = 64;
    private const int ThreadIdleMs = 2_000;

    private readonly object _gate = new();
    private readonly SyncChoice _choice = new(time);
    private readonly Stack<CommitRound> _rounds = new();
    private List<ICommittable> _dirty = [];
    private int _failures;
    private bool _running;
    private bool _hasThread;

    public DurableWaiterPool Waiters { get; } = new();

    /// <summary>Commits have a thread of their own, which those who wait must not keep.</summary>
    public bool MayHaveThread { get; } = ReferenceEquals(scheduler, TaskScheduler.Default);

    /// <summary>Commits that were made.</summary>
    public long Commits { get; private set; }

    /// <summary>Files that were synced one by one.</summary>
    public long FileSyncs { get; private set; }

    /// <summary>True where a sync of the whole file system reaches the files of a folder.</summary>
    public bool Covers(string directory) => fileSystem?.Covers(directory) ?? false;

    /// <summary>Takes an item into the next commit. It must not be in already.</summary>
    public void Enqueue(ICommittable item)
    {
        lock (_gate)
        {
            _dirty.Add(item);
            if (_running)
                return;
            _running = true;
            if (_hasThread)
            {
                Monitor.Pulse(_gate);
                return;
            }

            _hasThread = MayHaveThread;
        }

        Start();
    }

    public void Dispose() => fileSystem?.Dispose();

    private void Start() =>
        _ = Task.Factory.StartNew(
            static state => ((GroupCommitter)state!).Run(),
            this,
            CancellationToken.None,
            TaskCreationOptions.DenyChildAttach | (MayHaveThread ? TaskCreationOptions.LongRunning : TaskCreationOptions.None),
            scheduler);

    private void Run()
    {
        do
        {
            Commit();
        }
        while (MayHaveThread && WaitForWork());
    }

    private bool WaitForWork()
    {
        lock (_gate)
        {
            if (!_running)
                _ = Monitor.Wait(_gate, ThreadIdleMs);
            return _hasThread = _running;
        }
    }

    private void Commit()
    {
        CommitRound round;
        lock (_gate)
        {
            round = _rounds.Count > 0 ? _rounds.Pop() : new CommitRound();
            (_dirty, round.Items) = (round.Items, _dirty);
        }

        round.Begin(_failures);
        Sync(round);
        round.End();

        bool more;
        lock (_gate)
        {
            Commits++;
            more = _running = _dirty.Count > 0;
        }

        // The next commit runs beside the continuations of this one, unless they are few.
        if (more && !MayHaveThread)
            Start();
        if (more && MayHaveThread && round.WaiterCount > WaitersCompletedInlineMax)
            _ = Task.Factory.StartNew(() => Complete(round), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        else
            Complete(round);
    }

    private void Complete(CommitRound round)
    {
        round.Complete(listener);
        lock (_gate)
            _rounds.Push(round);
    }

    private void Sync(CommitRound round)
    {
        var started = time.GetTimestamp();
        var files = round.Files.Count;
        if (fileSystem is not null && round.IsCovered && _choice.PrefersFileSystem(files))
        {
            var isSynced = TrySyncFileSystem(fileSystem);
            _choice.OnFileSystemSynced(files, started);
            if (isSynced)
            {
                round.MarkFilesSynced();
                return;
            }

            started = time.GetTimestamp();
        }

        SyncEach(round);
        _choice.OnFilesSynced(files, started);
        FileSyncs += files;
    }

    private void SyncEach(CommitRound round)
    {
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
    }

    // When it fails, each file is asked for itself, which puts only those offline that lost something: the kernel keeps errors
    // for the file system and for each open file apart. But it tells each error once. What was written after this round began
    // may have been lost in the same failure, and the next sync of the file system would say nothing of it: so each partition's
    // next commit after a failure asks for its files as well.
    private bool TrySyncFileSystem(IFileSystemSync fileSystem)
    {
        try
        {
            fileSystem.Sync();
            return true;
        }
        catch (IOException)
        {
            _failures++;
            return false;
        }
    }
}

using Chronik.Storage.IO;

namespace Chronik.Storage.Log;

/// <summary>What one group commit makes durable, and whom it tells. Reused.</summary>
internal sealed class CommitRound
{
    private DurableWaiterList _waiters;
    private int _index;

    public List<ICommittable> Items { get; set; } = [];

    public List<(int Item, IFile File, long Writes)> Files { get; } = [];

    public List<(int Item, string Path)> Directories { get; } = [];

    public List<IPartitionLog> Advanced { get; } = [];

    /// <summary>What failed, by item.</summary>
    public Dictionary<int, IOException> Errors { get; } = [];

    /// <summary>One sync of the file system tells of all files in it.</summary>
    public bool IsCovered { get; private set; }

    /// <summary>How many syncs of the file system failed before it began.</summary>
    public int FailuresBefore { get; private set; }

    public int WaiterCount => _waiters.Count;

    public ref DurableWaiterList Waiters => ref _waiters;

    public void Begin(int failuresBefore)
    {
        IsCovered = true;
        FailuresBefore = failuresBefore;
        for (_index = 0; _index < Items.Count; _index++)
            Items[_index].BeginCommit(this);
    }

    /// <summary>The files of the item must be asked for themselves.</summary>
    public void RequireSyncOfEach() => IsCovered = false;

    public void AddFile(IFile file) => Files.Add((_index, file, (file as CachedFile)?.Writes ?? 0));

    /// <summary>One call made all of them durable.</summary>
    public void MarkFilesSynced()
    {
        foreach (var (_, file, writes) in Files)
            (file as CachedFile)?.MarkSynced(writes);
    }

    public void AddDirectory(string path) => Directories.Add((_index, path));

    public void End()
    {
        for (var i = 0; i < Items.Count; i++)
            Items[i].EndCommit(this, Errors.GetValueOrDefault(i));
        Items.Clear();
        Files.Clear();
        Directories.Clear();
        Errors.Clear();
    }

    /// <summary>Tells everyone, without holding any lock.</summary>
    public void Complete(IHighWatermarkListener? listener)
    {
        _waiters.CompleteAll();
        foreach (var log in Advanced)
            listener?.OnHighWatermarkAdvanced(log);
        Advanced.Clear();
    }
}

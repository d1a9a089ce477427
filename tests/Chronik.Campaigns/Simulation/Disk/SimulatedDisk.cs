using Chronik.Records;

namespace Chronik.Campaigns.Simulation.Disk;

/// <summary>
/// A machine's disk. Processes see it through <see cref="Boot"/>; a kill ends their view, a power cut also takes what was not
/// synced, as far as the choice that is asked says so.
/// </summary>
internal sealed class SimulatedDisk(DiskTrace trace, Random random)
{
    private readonly List<NameChange> _changes = [];
    private readonly FolderNode _root = new();
    private int _life;

    public DiskFaults Faults { get; } = new();

    public DiskTrace Trace => trace;

    public HashSet<string> Locks { get; } = new(StringComparer.Ordinal);

    /// <summary>Operations so far that change something or make it durable.</summary>
    public long Operations { get; private set; }

    /// <summary>Operations that failed.</summary>
    public long Failed { get; private set; }

    /// <summary>The process ends right before this operation; 0: it does not.</summary>
    public long EndsAt { get; set; }

    public int Life => _life;

    public FolderNode Root => _root;

    public IReadOnlyList<NameChange> PendingChanges => _changes;

    /// <summary>Counts errors of writing anything back, for syncfs.</summary>
    public int Errors { get; set; }

    public SimulatedFileSystem Boot() => new(this, _life);

    /// <summary>The process is gone, and with it its locks; the machine runs on.</summary>
    public void Kill()
    {
        if (EndsAt == 0 || Operations < EndsAt)
            trace.Add("kill", "", Operations);
        _life++;
        EndsAt = 0;
        Locks.Clear();
    }

    public void CutPower(ICrashChoice choice)
    {
        trace.Add("power cut", "", Operations);
        Kill();
        ApplyChanges(choice);
        Faults.IsDown = false;
        Restore(_root, choice, []);
        if (trace.KeepsLines)
            Describe(_root, "");
    }

    /// <summary>Counts an operation, ends the process if it was to end here, and fails if the disk does.</summary>
    /// <returns>The error that it ends with, 0 for none.</returns>
    public int Ask(int life, DiskOperation operation, string path, long first = 0, ReadOnlySpan<byte> content = default)
    {
        RequireAlive(life);
        trace.Add(operation.ToString(), path, first, content.Length, Crc32C.Compute(content));
        if (operation != DiskOperation.Read && ++Operations == EndsAt)
        {
            trace.Add("dies", "");
            _life++;
            return -1;
        }

        var error = Faults.Ask(operation, Operations, random);
        if (error != 0)
        {
            Failed++;
            trace.Add("fails", path, error);
        }

        return error;
    }

    public void RequireAlive(int life)
    {
        if (life != _life)
            throw new IOException("This process is dead.");
    }

    public void Change(NameChange change)
    {
        if (change.OldName is not null)
            change.Folder.Names.Remove(change.OldName);
        if (change.Node is null)
            change.Folder.Names.Remove(change.Name);
        else
            change.Folder.Names[change.Name] = change.Node;
        _changes.Add(change);
    }

    /// <summary>Makes the names of a folder durable, and nothing else: what else a real file system takes along is a gift.</summary>
    public void SyncNames(FolderNode? folder)
    {
        foreach (var change in _changes)
        {
            if (folder is null || ReferenceEquals(change.Folder, folder))
                change.ApplyDurably();
        }

        _changes.RemoveAll(change => folder is null || ReferenceEquals(change.Folder, folder));
    }

    /// <summary>syncfs: all that there is; where it fails, some files were written and others not, and each of those says so itself.</summary>
    public void SyncAll(bool fails)
    {
        var dirty = Files(_root).Where(static file => file.IsDirty).ToArray();
        var failing = fails && dirty.Length > 0 ? random.Next(dirty.Length) : -1;
        for (var i = 0; i < dirty.Length; i++)
        {
            if (i == failing || (fails && random.Next(4) == 0))
                FailToWriteBack(dirty[i]);
            else
                dirty[i].Sync();
        }

        if (fails && failing < 0)
            Errors++;
        if (!Faults.IsDown)
            SyncNames(folder: null);
    }

    public void FailToWriteBack(FileNode file)
    {
        trace.Add("lost", file.MadeAs);
        file.FailToWriteBack(random);
        Errors++;
    }

    /// <summary>Whether writing back a log file of a folder has ever failed.</summary>
    public bool HasRefused(string folder) => Files(_root).Any(file => file.Errors > 0 && IsLogOf(folder, file.MadeAs));

    /// <summary>How much of a write that fails is there all the same.</summary>
    public int PartOf(int length) => random.Next(length + 1);

    /// <summary>What a system does by itself meanwhile: writes pages and names back, and forgets clean pages.</summary>
    public void Settle()
    {
        foreach (var file in Files(_root).Where(static file => file.IsDirty).ToArray())
        {
            if (random.Next(3) == 0)
                file.WriteBack(random);
        }

        // A journal is written in order.
        var count = random.Next(_changes.Count + 1);
        foreach (var change in _changes.Take(count))
            change.ApplyDurably();
        _changes.RemoveRange(0, count);
        if (Faults.Lie == DiskLie.DropCache || random.Next(2) == 0)
            return;
        foreach (var file in Files(_root))
            file.Evict();
    }

    public static IEnumerable<FileNode> Files(FolderNode folder)
    {
        foreach (var node in folder.Names.Values)
        {
            if (node is FileNode file)
                yield return file;
            else if (node is FolderNode child)
            {
                foreach (var below in Files(child))
                    yield return below;
            }
        }
    }

    private static bool IsLogOf(string folder, string path) =>
        path.EndsWith(".log", StringComparison.Ordinal) && Path.GetFileName(Path.GetDirectoryName(path)) == folder;

    private void ApplyChanges(ICrashChoice choice)
    {
        var lost = new List<NameChange>();
        for (var i = 0; i < _changes.Count; i++)
        {
            var change = _changes[i];
            if (choice.Survives(change, i, _changes.Count) && !lost.Exists(change.Touches))
                change.ApplyDurably();
            else
                lost.Add(change);
        }

        _changes.Clear();
    }

    private static void Restore(FolderNode folder, ICrashChoice choice, HashSet<DiskNode> seen)
    {
        folder.Restore();
        foreach (var node in folder.Names.Values)
        {
            if (!seen.Add(node))
                continue;
            if (node is FileNode file)
                file.Crash(choice);
            else if (node is FolderNode child)
                Restore(child, choice, seen);
        }
    }

    private void Describe(FolderNode folder, string path)
    {
        foreach (var (name, node) in folder.Names)
        {
            if (node is FileNode file)
                trace.Lines.Add($"    left     {path}/{name} {file.Length}");
            else if (node is FolderNode child)
                Describe(child, $"{path}/{name}");
        }
    }
}

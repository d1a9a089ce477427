using Chronik.Storage.IO;

namespace Chronik.Campaigns.Simulation.Disk;

/// <summary>The files as one process sees them, until it ends.</summary>
internal sealed class SimulatedFileSystem(SimulatedDisk disk, int life) : IFileSystem
{
    public SimulatedDisk Disk => disk;

    public int Life => life;

    public IFile Open(string path, FileOpenKind kind)
    {
        var (folder, name) = Resolve(path);
        var isThere = folder.Names.TryGetValue(name, out var node);
        if (!isThere && kind is FileOpenKind.Read or FileOpenKind.ReadWrite)
            throw new FileNotFoundException($"There is no file {path}.", path);
        Demand(isThere ? DiskOperation.Open : DiskOperation.Create, path);
        if (!isThere)
            disk.Change(new NameChange(folder, name, node = new FileNode(path)));
        var file = node as FileNode ?? throw new UnauthorizedAccessException($"{path} is a folder.");
        if (kind == FileOpenKind.CreateOrTruncate)
        {
            Demand(DiskOperation.SetLength, path);
            file.SetLength(0);
        }

        return new SimulatedFile(this, file, path, isWritable: kind != FileOpenKind.Read);
    }

    public void Delete(string path)
    {
        if (Find(path) is not FileNode)
            return;
        var (folder, name) = Resolve(path);
        Demand(DiskOperation.Delete, path);
        disk.Change(new NameChange(folder, name, null));
    }

    public void Rename(string from, string to)
    {
        var (folder, name) = Resolve(to);
        var (fromFolder, oldName) = Resolve(from);
        if (!fromFolder.Names.TryGetValue(oldName, out var node))
            throw new FileNotFoundException($"There is no file {from}.", from);
        if (!ReferenceEquals(folder, fromFolder))
            throw new NotSupportedException("Nothing is renamed from one folder to another.");
        if (node is FolderNode && folder.Names.ContainsKey(name))
            throw new IOException($"There is a folder {to} already.");
        Demand(DiskOperation.Rename, $"{from} {name}");
        disk.Change(new NameChange(folder, name, node, oldName));
    }

    public bool FileExists(string path) => Find(path) is FileNode;

    public bool DirectoryExists(string path) => Find(path) is FolderNode;

    public void CreateDirectory(string path)
    {
        disk.RequireAlive(life);
        var folder = disk.Root;
        foreach (var name in Names(path))
        {
            if (!folder.Names.TryGetValue(name, out var node))
            {
                Demand(DiskOperation.Create, path);
                disk.Change(new NameChange(folder, name, node = new FolderNode()));
            }

            folder = node as FolderNode ?? throw new IOException($"{path} is a file.");
        }
    }

    public void DeleteDirectory(string path)
    {
        if (Find(path) is not FolderNode folder)
            return;
        foreach (var (name, node) in folder.Names.ToArray())
        {
            if (node is FolderNode)
                DeleteDirectory($"{path}/{name}");
            else
                Delete($"{path}/{name}");
        }

        var (parent, own) = Resolve(path);
        Demand(DiskOperation.Delete, path);
        disk.Change(new NameChange(parent, own, null));
    }

    public IReadOnlyList<string> ListFiles(string directory) => List<FileNode>(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => List<FolderNode>(directory);

    public long AvailableBytes(string directory) => disk.Faults.IsFull ? 0 : 1L << 40;

    public IDisposable? TryLock(string path)
    {
        disk.RequireAlive(life);
        return disk.Locks.Add(path) ? new HeldLock(this, path) : null;
    }

    public void SyncDirectory(string path)
    {
        var folder = Find(path) as FolderNode ?? throw new DirectoryNotFoundException($"There is no folder {path}.");
        try
        {
            Demand(DiskOperation.SyncFolder, path);
        }
        catch (IOException) when (disk.Life == life)
        {
            // A journal that cannot be written takes the file system down.
            disk.Faults.IsDown |= !disk.Faults.AreSyncsRefused;
            if (disk.Faults.Lie == DiskLie.SyncErrors)
                return;
            throw;
        }

        if (disk.Faults.Lie != DiskLie.FolderSync)
            disk.SyncNames(folder);
    }

    public IFileSystemSync OpenSync(string directory) => new WholeSync(this);

    public void Demand(DiskOperation operation, string path, long first = 0)
    {
        var error = disk.Ask(life, operation, path, first);
        if (error != 0)
            throw Failure(operation, path, error);
    }

    public static IOException Failure(DiskOperation operation, string path, int error) =>
        error < 0 ? new IOException("This process is dead.") : new IOException($"{operation} of {path} failed (error {error})", error);

    private DiskNode? Find(string path)
    {
        disk.RequireAlive(life);
        DiskNode node = disk.Root;
        foreach (var name in Names(path))
        {
            if (node is not FolderNode folder || !folder.Names.TryGetValue(name, out var next))
                return null;
            node = next;
        }

        return node;
    }

    private (FolderNode Folder, string Name) Resolve(string path)
    {
        var slash = path.LastIndexOf('/');
        return Find(path[..slash]) is FolderNode folder
            ? (folder, path[(slash + 1)..])
            : throw new DirectoryNotFoundException($"There is no folder {path[..slash]}.");
    }

    private static string[] Names(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private string[] List<T>(string directory) =>
        Find(directory) is FolderNode folder
            ? [.. folder.Names.Where(static pair => pair.Value is T).Select(static pair => pair.Key)]
            : throw new DirectoryNotFoundException($"There is no folder {directory}.");

    private sealed class HeldLock(SimulatedFileSystem owner, string path) : IDisposable
    {
        public void Dispose()
        {
            if (owner.Disk.Life == owner.Life)
                owner.Disk.Locks.Remove(path);
        }
    }

    // Reports, once for each that has it open, that something could not be written since; the files themselves say which.
    private sealed class WholeSync(SimulatedFileSystem owner) : IFileSystemSync
    {
        private int _seen = owner.Disk.Errors;

        public void Sync()
        {
            var disk = owner.Disk;
            var error = disk.Ask(owner.Life, DiskOperation.SyncAll, "");
            if (error < 0)
                throw Failure(DiskOperation.SyncAll, "", error);
            if (disk.Faults.Lie == DiskLie.WholeSync)
                return;
            if (error != 0 && disk.Faults.AreSyncsRefused && disk.Faults.Lie != DiskLie.SyncErrors)
                throw Failure(DiskOperation.SyncAll, "", error);
            disk.SyncAll(error != 0);
            if (disk.Errors == _seen || disk.Faults.Lie == DiskLie.SyncErrors)
                return;
            _seen = disk.Errors;
            throw Failure(DiskOperation.SyncAll, "", DiskFaults.Eio);
        }

        public void Dispose()
        {
        }
    }
}

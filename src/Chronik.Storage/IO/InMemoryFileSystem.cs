namespace Chronik.Storage.IO;

/// <summary>
/// Files in memory that know what a power cut would leave of them: content that was not synced and names whose folder was
/// not synced are gone after <see cref="Crash"/>. Brokers of tests and of the simulator run on it.
/// </summary>
public sealed class InMemoryFileSystem : IFileSystem
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private Dictionary<string, InMemoryNode> _names = new(StringComparer.Ordinal);
    private Dictionary<string, InMemoryNode> _durableNames = new(StringComparer.Ordinal);
    private int _generation;
    private int _crashes;

    /// <summary>What <see cref="AvailableBytes"/> answers.</summary>
    public long FreeBytes { get; set; } = 1L << 40;

    /// <summary>
    /// A power cut: open files are dead, locks are free, and only what was synced is left. With a random source, pages that
    /// were not synced survive or not, each for itself, as on a disk that was busy writing them.
    /// </summary>
    public void Crash(Random? survivors = null)
    {
        lock (_lock)
        {
            _generation++;
            _crashes++;
            _locks.Clear();
            _names = new Dictionary<string, InMemoryNode>(_durableNames, StringComparer.Ordinal);
            foreach (var node in _names.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => pair.Value).Distinct())
                node.Content?.Crash(survivors);
            _durableNames = new Dictionary<string, InMemoryNode>(_names, StringComparer.Ordinal);
        }
    }

    /// <summary>The process is killed, the machine lives: open files are dead, locks are free, content stays.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            _generation++;
            _locks.Clear();
        }
    }

    /// <inheritdoc/>
    public IFile Open(string path, FileOpenKind kind)
    {
        lock (_lock)
        {
            path = Normal(path);
            if (!_names.TryGetValue(path, out var node))
            {
                if (kind is FileOpenKind.Read or FileOpenKind.ReadWrite)
                    throw new FileNotFoundException($"There is no file {path}.", path);
                RequireDirectory(Parent(path));
                node = new InMemoryNode(new InMemoryContent());
                _names.Add(path, node);
            }

            var content = node.Content ?? throw new IOException($"{path} is a folder.");
            if (kind == FileOpenKind.CreateOrTruncate)
                content.SetLength(0);
            return new Handle(this, path, content, _generation, writable: kind != FileOpenKind.Read);
        }
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        lock (_lock)
            _names.Remove(Normal(path));
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            from = Normal(from);
            to = Normal(to);
            if (!_names.Remove(from, out var node))
                throw new FileNotFoundException($"There is no file {from}.", from);
            _names[to] = node;
            if (node.Content is null)
            {
                MoveChildren(_names, from, to);

                // A folder takes its durable children along: they hang on the folder, not on its name.
                foreach (var (child, childNode) in _durableNames.Where(pair => IsBelow(pair.Key, from)).ToList())
                    _durableNames[to + child[from.Length..]] = childNode;
            }
        }
    }

    /// <inheritdoc/>
    public bool FileExists(string path)
    {
        lock (_lock)
            return _names.TryGetValue(Normal(path), out var node) && node.Content is not null;
    }

    /// <inheritdoc/>
    public bool DirectoryExists(string path)
    {
        lock (_lock)
            return IsDirectory(Normal(path));
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        lock (_lock)
        {
            for (path = Normal(path); path.Length > 0 && !_names.ContainsKey(path); path = Parent(path))
                _names.Add(path, new InMemoryNode(null));
        }
    }

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
        lock (_lock)
        {
            path = Normal(path);
            foreach (var name in _names.Keys.Where(name => name == path || IsBelow(name, path)).ToList())
                _names.Remove(name);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string directory) => List(directory, static node => node.Content is not null);

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory) => List(directory, static node => node.Content is null);

    /// <inheritdoc/>
    public long AvailableBytes(string directory) => FreeBytes;

    /// <inheritdoc/>
    public IDisposable? TryLock(string path)
    {
        lock (_lock)
            return _locks.Add(Normal(path)) ? new HeldLock(this, Normal(path), _generation) : null;
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        lock (_lock)
        {
            path = Normal(path);
            RequireDirectory(path);
            foreach (var name in _durableNames.Keys.Where(name => Parent(name) == path && !_names.ContainsKey(name)).ToList())
                Forget(name);
            foreach (var (name, node) in _names)
            {
                if (Parent(name) == path)
                    _durableNames[name] = node;
            }
        }
    }

    /// <inheritdoc/>
    public IFileSystemSync OpenSync(string directory) => new WholeSync(this, _generation);

    /// <inheritdoc/>
    public string? MachineRun(string directory) => _crashes.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Normal(string path) => path.Replace('\\', '/').TrimEnd('/');

    private static string Parent(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash <= 0 ? "" : path[..slash];
    }

    private static bool IsBelow(string name, string directory) =>
        name.Length > directory.Length && name[directory.Length] == '/' && name.StartsWith(directory, StringComparison.Ordinal);

    private static void MoveChildren(Dictionary<string, InMemoryNode> names, string from, string to)
    {
        foreach (var child in names.Keys.Where(name => IsBelow(name, from)).ToList())
        {
            names.Remove(child, out var node);
            names[to + child[from.Length..]] = node!;
        }
    }

    private void Forget(string name)
    {
        _durableNames.Remove(name);
        foreach (var child in _durableNames.Keys.Where(child => IsBelow(child, name)).ToList())
            _durableNames.Remove(child);
    }

    private bool IsDirectory(string path) => path.Length == 0 || (_names.TryGetValue(path, out var node) && node.Content is null);

    private void RequireDirectory(string path)
    {
        if (!IsDirectory(path))
            throw new DirectoryNotFoundException($"There is no folder {path}.");
    }

    private string[] List(string directory, Func<InMemoryNode, bool> wanted)
    {
        lock (_lock)
        {
            directory = Normal(directory);
            RequireDirectory(directory);
            var names = _names.Where(pair => Parent(pair.Key) == directory && wanted(pair.Value))
                .Select(pair => pair.Key[(directory.Length + 1)..]).ToArray();
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
    }

    private void RequireAlive(int generation)
    {
        if (generation != _generation)
            throw new IOException("The machine of this file was switched off.");
    }

    private sealed class Handle(InMemoryFileSystem owner, string path, InMemoryContent content, int generation, bool writable) : InMemoryFile
    {
        public override string Path => path;

        public override long Length => Use(writes: false, static content => content.Length);

        public override int Read(Span<byte> destination, long position)
        {
            lock (owner._lock)
                return Content(writes: false).Read(destination, position);
        }

        public override void Write(ReadOnlySpan<byte> source, long position)
        {
            lock (owner._lock)
                Content(writes: true).Write(source, position);
        }

        public override void SetLength(long length)
        {
            lock (owner._lock)
                Content(writes: true).SetLength(length);
        }

        public override void Sync() => Use(writes: false, static content => content.Sync());

        public override void DropCache() => Use(writes: false, static content => content.DropCache());

        internal override void LoseUnsynced() => Use(writes: false, static content => content.LoseUnsynced());

        private long Use(bool writes, Func<InMemoryContent, long> action)
        {
            lock (owner._lock)
                return action(Content(writes));
        }

        private InMemoryContent Content(bool writes)
        {
            owner.RequireAlive(generation);
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return writes && !writable ? throw new UnauthorizedAccessException($"{path} was opened for reading.") : content;
        }
    }

    private sealed class HeldLock(InMemoryFileSystem owner, string path, int generation) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._lock)
            {
                if (generation == owner._generation)
                    owner._locks.Remove(path);
            }
        }
    }

    private sealed class WholeSync(InMemoryFileSystem owner, int generation) : IFileSystemSync
    {
        public void Sync()
        {
            lock (owner._lock)
            {
                owner.RequireAlive(generation);
                owner._durableNames = new Dictionary<string, InMemoryNode>(owner._names, StringComparer.Ordinal);
                foreach (var node in owner._names.Values)
                    node.Content?.Sync();
            }
        }

        public void Dispose()
        {
        }
    }
}

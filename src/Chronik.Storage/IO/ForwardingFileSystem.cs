namespace Chronik.Storage.IO;

/// <summary>A file system that hands everything to another, for those that change a part of what it does.</summary>
/// <param name="inner">The one that does the work.</param>
public abstract class ForwardingFileSystem(IFileSystem inner) : IFileSystem
{
    /// <summary>The one that does the work.</summary>
    protected IFileSystem Inner { get; } = inner;

    /// <inheritdoc/>
    public virtual IFile Open(string path, FileOpenKind kind) => Inner.Open(path, kind);

    /// <inheritdoc/>
    public virtual void Delete(string path) => Inner.Delete(path);

    /// <inheritdoc/>
    public virtual void Rename(string from, string to) => Inner.Rename(from, to);

    /// <inheritdoc/>
    public virtual bool FileExists(string path) => Inner.FileExists(path);

    /// <inheritdoc/>
    public virtual bool DirectoryExists(string path) => Inner.DirectoryExists(path);

    /// <inheritdoc/>
    public virtual void CreateDirectory(string path) => Inner.CreateDirectory(path);

    /// <inheritdoc/>
    public virtual void DeleteDirectory(string path) => Inner.DeleteDirectory(path);

    /// <inheritdoc/>
    public virtual IReadOnlyList<string> ListFiles(string directory) => Inner.ListFiles(directory);

    /// <inheritdoc/>
    public virtual IReadOnlyList<string> ListDirectories(string directory) => Inner.ListDirectories(directory);

    /// <inheritdoc/>
    public virtual long AvailableBytes(string directory) => Inner.AvailableBytes(directory);

    /// <inheritdoc/>
    public virtual IDisposable? TryLock(string path) => Inner.TryLock(path);

    /// <inheritdoc/>
    public virtual void SyncDirectory(string path) => Inner.SyncDirectory(path);

    /// <inheritdoc/>
    public virtual IFileSystemSync? OpenSync(string directory) => Inner.OpenSync(directory);

    /// <inheritdoc/>
    public virtual string? MachineRun(string directory) => Inner.MachineRun(directory);
}

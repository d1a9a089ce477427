namespace Chronik.Storage.IO;

/// <summary>
/// The files that Chronik touches. Names that were made, renamed or deleted are durable after <see cref="SyncDirectory"/> of
/// their folder, content after <see cref="IFile.Sync"/>.
/// </summary>
public interface IFileSystem
{
    /// <summary>Opens a file.</summary>
    IFile Open(string path, FileOpenKind kind);

    /// <summary>Deletes a file, if it is there; those who have it open can still read it.</summary>
    void Delete(string path);

    /// <summary>Renames a file or a folder; a file that has the new name already is replaced.</summary>
    void Rename(string from, string to);

    /// <summary>True if there is a file of this name.</summary>
    bool FileExists(string path);

    /// <summary>True if there is a folder of this name.</summary>
    bool DirectoryExists(string path);

    /// <summary>Makes a folder and those above it, where missing.</summary>
    void CreateDirectory(string path);

    /// <summary>Deletes a folder with all that is in it, if it is there.</summary>
    void DeleteDirectory(string path);

    /// <summary>The names (not paths) of the files in a folder, sorted.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>The names (not paths) of the folders in a folder, sorted.</summary>
    IReadOnlyList<string> ListDirectories(string directory);

    /// <summary>Bytes that can still be written below a folder.</summary>
    long AvailableBytes(string directory);

    /// <summary>Takes a lock file for this process; null if another holds it. Disposing gives it back.</summary>
    IDisposable? TryLock(string path);

    /// <summary>Makes the names in a folder durable.</summary>
    void SyncDirectory(string path);

    /// <summary>
    /// Opens the whole file system of a folder for making everything on it durable at once; null where the system cannot,
    /// or does not report errors.
    /// </summary>
    IFileSystemSync? OpenSync(string directory);

    /// <summary>
    /// Names the time in which nothing that was written to a folder can be lost, synced or not: it changes with a power cut.
    /// Null where that is not known.
    /// </summary>
    string? MachineRun(string directory) => null;
}

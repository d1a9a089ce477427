using System.Globalization;

namespace Chronik.Storage.IO;

/// <summary>A lock file, and beside it, while it is held, one that says by which process: who finds it locked cannot read the file itself.</summary>
internal sealed class SignedLock : IDisposable
{
    /// <summary>Behind the lock file's name.</summary>
    public const string Suffix = ".pid";

    private readonly FileStream _file;
    private readonly string _signature;

    public SignedLock(FileStream locked)
    {
        _file = locked;
        _signature = locked.Name + Suffix;
        Try(path => File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")));
    }

    /// <summary>The process that holds a lock file; null where that is not known, as of one that Apache Kafka holds.</summary>
    public static int? HolderOf(IFileSystem files, string lockFile)
    {
        try
        {
            return int.TryParse(AtomicFile.ReadText(files, lockFile + Suffix), CultureInfo.InvariantCulture, out var id)
                && (!OperatingSystem.IsLinux() || files.DirectoryExists(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}"))) ? id : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        Try(File.Delete);
        _file.Dispose();
    }

    // A courtesy: a full disk or a lost right is no reason not to lock.
    private void Try(Action<string> action)
    {
        try
        {
            action(_signature);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }
}

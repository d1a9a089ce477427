using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Chronik.Storage.IO;

/// <summary>
/// The only place that makes bytes durable. The runtime's own calls (Flush(true), FlushToDisk) report success when the
/// kernel's fsync failed; these look at every return value.
/// </summary>
public static partial class DurableFile
{
    private const int Eintr = 4;
    private const int OReadOnly = 0;
    private const int ODirectoryLinux = 0x10000;
    private const int ODirectoryLinuxArm = 0x4000;
    private const int ODirectoryMac = 0x100000;
    private const int OCloseOnExecLinux = 0x80000;
    private const int OCloseOnExecMac = 0x1000000;
    private const int FullFsyncMac = 51;
    private const int AdviseDontNeed = 4;

    // Wait before, write, wait after: it reports what fsync would.
    private const uint SyncFileRangeWriteAndWait = 7;

    // Before 5.8 syncfs does not report that writing back failed.
    private static readonly Version s_syncfsReportsErrors = new(5, 8);

    // These tell syncfs of every page that could not be written. Overlay, FUSE and network file systems do not, or do not
    // pass the call on to the disk.
    private const long Ext = 0xEF53;
    private const long Xfs = 0x58465342;
    private const long Btrfs = 0x9123683E;

    /// <summary>
    /// Which file system a folder is on, where <see cref="SyncFileSystem"/> of it may be trusted; null where not, or where it
    /// cannot be told.
    /// </summary>
    public static unsafe long? TrySyncableFileSystem(string directory)
    {
        const int FileSystemIdAt = 56, StatBytes = 256;
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess || Environment.OSVersion.Version < s_syncfsReportsErrors)
            return null;

        // struct statfs: the first word is the type, the eighth the id.
        var stat = stackalloc byte[StatBytes];
        if (statfs(directory, stat) != 0)
            return null;
        return *(long*)stat is Ext or Xfs or Btrfs ? *(long*)(stat + FileSystemIdAt) : null;
    }

    /// <summary>Makes a file's content and length durable.</summary>
    /// <exception cref="IOException">The system says that it could not; its errno is the HResult.</exception>
    public static void SyncFile(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsLinux())
            Check(static handle => fdatasync(handle), file, "fdatasync", path);
        else if (OperatingSystem.IsMacOS())
            SyncFileOnMac(file, path);
        else if (OperatingSystem.IsWindows())
            SyncFileOnWindows(file, path);
        else
            Check(static handle => fsync(handle), file, "fsync", path);
    }

    /// <summary>
    /// Tells an error of writing the file back that was told to nobody, as <see cref="SyncFile"/> does, but does not ask the disk
    /// to empty its cache: for files that a sync of the file system has just covered.
    /// </summary>
    /// <exception cref="IOException">Something of it was lost.</exception>
    public static void CheckWrittenBack(SafeFileHandle file, string path)
    {
        // Elsewhere it is not known, or not without a sync, what an earlier process was not told.
        if (OperatingSystem.IsLinux())
            Check(static handle => sync_file_range(handle, 0, 0, SyncFileRangeWriteAndWait), file, "sync_file_range", path);
        else
            SyncFile(file, path);
    }

    /// <summary>Makes the names in a folder durable. Windows has no such call: NTFS keeps names in its journal.</summary>
    public static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        using var handle = OpenDirectory(path);
        Check(static handle => fsync(handle), handle, "fsync", path);
    }

    /// <summary>Makes everything on the file system of an open folder durable.</summary>
    public static void SyncFileSystem(SafeFileHandle directory, string path) =>
        Check(static handle => syncfs(handle), directory, "syncfs", path);

    /// <summary>Opens a folder, which File.OpenHandle refuses.</summary>
    public static SafeFileHandle OpenDirectory(string path)
    {
        while (true)
        {
            var descriptor = open(path, OReadOnly | DirectoryFlags());
            if (descriptor >= 0)
                return new SafeFileHandle(descriptor, ownsHandle: true);
            var errno = Marshal.GetLastPInvokeError();
            if (errno != Eintr)
                throw Failure("open", path, errno);
        }
    }

    /// <summary>Drops a file's clean pages from memory, where the system can: reads then show the disk.</summary>
    public static void DropCache(SafeFileHandle file)
    {
        // Advice only: a refusal costs nothing but the check that it would have made sharper.
        if (OperatingSystem.IsLinux())
            _ = posix_fadvise(file, 0, 0, AdviseDontNeed);
    }

    private static int DirectoryFlags()
    {
        if (OperatingSystem.IsMacOS())
            return ODirectoryMac | OCloseOnExecMac;
        var arm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
        return (arm ? ODirectoryLinuxArm : ODirectoryLinux) | OCloseOnExecLinux;
    }

    private static void SyncFileOnMac(SafeFileHandle file, string path)
    {
        while (fcntl(file, FullFsyncMac) == -1)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno == Eintr)
                continue;

            // Network and some foreign file systems do not know F_FULLFSYNC; fsync is all that they have.
            const int NotSupported = 45, Invalid = 22, NotTty = 25;
            if (errno is not (NotSupported or Invalid or NotTty))
                throw Failure("F_FULLFSYNC", path, errno);
            Check(static handle => fsync(handle), file, "fsync", path);
            return;
        }
    }

    private static void SyncFileOnWindows(SafeFileHandle file, string path)
    {
        if (!FlushFileBuffers(file))
            throw Failure("FlushFileBuffers", path, Marshal.GetLastPInvokeError());
    }

    private static void Check(Func<SafeFileHandle, int> call, SafeFileHandle handle, string name, string path)
    {
        while (call(handle) == -1)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno != Eintr)
                throw Failure(name, path, errno);
        }
    }

    private static IOException Failure(string call, string path, int errno) =>
        new($"{call} of {path} failed: {Marshal.GetPInvokeErrorMessage(errno)} (error {errno})", errno);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeFileHandle descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle descriptor);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statfs(string path, byte* buffer);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sync_file_range(SafeFileHandle descriptor, long offset, long length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(SafeFileHandle descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeFileHandle descriptor, int command);

    [LibraryImport("libc")]
    private static partial int posix_fadvise(SafeFileHandle descriptor, long offset, long length, int advice);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle handle);
}

using System.Runtime.InteropServices;

namespace Chronik.Storage.IO;

/// <summary>What the system allows this process.</summary>
public static partial class ProcessLimits
{
    private const int OpenFilesLinux = 7;
    private const int OpenFilesMac = 8;

    // Beyond it the kernel's memory for open files costs more than opening one again now and then.
    private const int DefaultOpenFilesMost = 16_384;
    private const int DefaultOpenFilesLeast = 64;

    // An idle server has about 100 open: its assemblies, the catalog, locks, listeners.
    private const int OtherFiles = 192;
    private const int ConnectionsLeast = 8;

    /// <summary>
    /// How many descriptors it may have open (the soft RLIMIT_NOFILE, which .NET raises to the hard one at start); null where
    /// there is no such limit or it cannot be known.
    /// </summary>
    public static long? OpenFiles { get; } = ReadOpenFiles();

    /// <summary>Half of what it may have open, so that connections have the other half; at most 16,384.</summary>
    public static int DefaultOpenFilesMax { get; } =
        (int)Math.Clamp((OpenFiles ?? long.MaxValue) / 2, DefaultOpenFilesLeast, DefaultOpenFilesMost);

    /// <summary>
    /// How many connections leave room for files of partitions, the catalog and the runtime. A process without a free descriptor is
    /// not only unable to accept: .NET ends it when it cannot open what it loads.
    /// </summary>
    /// <param name="openFilesMax">chronik.open.files.max.</param>
    public static int ConnectionsMax(int openFilesMax) =>
        (int)Math.Clamp((OpenFiles ?? int.MaxValue) - openFilesMax - OtherFiles, ConnectionsLeast, int.MaxValue);

    private static long? ReadOpenFiles()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
            return null;
        return getrlimit(OperatingSystem.IsMacOS() ? OpenFilesMac : OpenFilesLinux, out var limit) == 0 && limit.Soft <= long.MaxValue
            ? (long)limit.Soft
            : null;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getrlimit(int resource, out Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}

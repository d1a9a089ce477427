using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Chronik.Campaigns.PowerCuts;

/// <summary>Clones a file at one moment (FICLONE, as <c>cp --reflink=always</c>), without the time that a program takes to start.</summary>
internal static partial class Reflink
{
    private const nuint FileClone = 0x40049409;

    public static void Clone(string from, string to)
    {
        using var source = File.OpenHandle(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var target = File.OpenHandle(to, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (ioctl(target, FileClone, source) != 0)
            throw new IOException($"{from} cannot be cloned.", new Win32Exception(Marshal.GetLastPInvokeError()));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle target, nuint request, SafeFileHandle source);
}

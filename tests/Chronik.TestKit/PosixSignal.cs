using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Chronik.TestKit;

/// <summary>Signals to other processes, which .NET itself only sends as kill -9.</summary>
public static partial class PosixSignal
{
    /// <summary>Asks a process to end (SIGTERM).</summary>
    public static void Terminate(Process process) => Send(process, 15);

    /// <summary>Freezes a process (SIGSTOP): it answers nothing, but its connections stay open.</summary>
    public static void Freeze(Process process) => Send(process, 19);

    /// <summary>Lets a frozen process go on (SIGCONT).</summary>
    public static void Thaw(Process process) => Send(process, 18);

    private static void Send(Process process, int signal)
    {
        if (Kill(process.Id, signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}

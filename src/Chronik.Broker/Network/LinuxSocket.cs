using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Chronik.Broker.Network;

/// <summary>What Linux can do with a socket and .NET does not offer. Elsewhere, and when the socket is full, each sends nothing.</summary>
internal static partial class LinuxSocket
{
    private const int MsgDontWait = 0x40;
    private const int MsgNoSignal = 0x4000;
    private const int MsgMore = 0x8000;
    private const int TryAgain = 11;
    private const int Interrupted = 4;
    private const int NotSupported = 22;
    private const int NoWait = 8;

    /// <summary>Sends what fits now, and lets the kernel hold a last packet that is not full until more comes.</summary>
    /// <returns>How many bytes were taken, 0 to all.</returns>
    public static unsafe int SendMore(SafeSocketHandle socket, ReadOnlySpan<byte> data)
    {
        if (!OperatingSystem.IsLinux() || data.IsEmpty)
        {
            return 0;
        }

        fixed (byte* start = data)
        {
            return (int)Checked(Send(socket, start, (nuint)data.Length, MsgDontWait | MsgNoSignal | MsgMore));
        }
    }

    /// <summary>Sends what fits now from a file, without a copy through this process.</summary>
    /// <returns>How many bytes were taken, 0 to <paramref name="length"/>.</returns>
    public static int SendFile(SafeSocketHandle socket, SafeFileHandle file, long offset, int length)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        int sent = 0;
        while (sent < length)
        {
            long position = offset + sent;
            nint count = Checked(SendFile(socket, file, ref position, (nuint)(length - sent)));
            if (count == 0)
            {
                break;
            }

            sent += (int)count;
        }

        return sent;
    }

    /// <summary>True if reading a byte of a file would not wait for the disk; false where the system cannot tell.</summary>
    public static unsafe bool IsCached(SafeFileHandle file, long offset)
    {
        byte read;
        var vector = new IoVector { Start = &read, Length = 1 };
        try
        {
            return OperatingSystem.IsLinux() && PositionedReadVector(file, &vector, 1, offset, NoWait) == 1;
        }
        catch (EntryPointNotFoundException)
        {
            // An older C library.
            return false;
        }
    }

    private static nint Checked(nint result)
    {
        if (result >= 0)
        {
            return result;
        }

        int error = Marshal.GetLastPInvokeError();
        return error is TryAgain or Interrupted or NotSupported ? 0 : throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static unsafe partial nint Send(SafeSocketHandle socket, byte* data, nuint length, int flags);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "preadv2")]
    private static unsafe partial nint PositionedReadVector(SafeFileHandle file, IoVector* vectors, int count, long offset, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct IoVector
    {
        public byte* Start;
        public nuint Length;
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    private static partial nint SendFile(SafeSocketHandle socket, SafeFileHandle file, ref long offset, nuint count);
}

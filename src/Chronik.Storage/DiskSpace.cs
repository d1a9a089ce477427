using Chronik.Storage.IO;
using Microsoft.Extensions.Logging;

namespace Chronik.Storage;

/// <summary>
/// Whether there is room for more records. The last bytes are kept: offsets, checkpoints and the catalog go on when records do
/// not fit any more. What was full is looked at again each second, so writes resume by themselves.
/// </summary>
internal sealed class DiskSpace(IFileSystem files, string directory, long reserveBytes, TimeProvider time, ILogger logger)
{
    /// <summary>So much is given out without another look at the disk.</summary>
    private const long GrantBytesMax = 16 << 20;

    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private long _granted;
    private long _lookedAt;
    private volatile bool _isFull;

    /// <summary>The sentence for who is refused.</summary>
    public string Message { get; } =
        $"The disk that holds {directory} is full (chronik.disk.reserve.bytes, {reserveBytes} bytes, are kept for offsets and checkpoints).";

    /// <summary>Takes room for so many bytes; false where there is none.</summary>
    public bool TryTake(int bytes) => Interlocked.Add(ref _granted, -bytes) >= 0 || TryTakeMore(bytes);

    /// <summary>Takes note of a failed write; true if it was for lack of room, which is told once.</summary>
    public bool WasFull(IOException error)
    {
        if (error.HResult is not (NoSpace or QuotaExceeded))
            return false;
        lock (_lock)
        {
            SetFull(isFull: true, available: 0);
            _lookedAt = time.GetTimestamp();
            Volatile.Write(ref _granted, 0);
        }

        return true;
    }

    private bool TryTakeMore(int bytes)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_isFull && time.GetElapsedTime(_lookedAt, now) < s_lookAgain)
                return false;
            _lookedAt = now;
            var available = Available();
            var room = available - reserveBytes;
            if (room < bytes)
            {
                SetFull(isFull: true, available);
                return false;
            }

            // Half of it: indexes and others write too.
            Volatile.Write(ref _granted, Math.Max(0, Math.Min(room / 2, GrantBytesMax) - bytes));
            SetFull(isFull: false, available);
            return true;
        }
    }

    private long Available()
    {
        try
        {
            return files.AvailableBytes(directory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Then the writes themselves will tell.
            return long.MaxValue;
        }
    }

    private void SetFull(bool isFull, long available)
    {
        if (_isFull == isFull)
            return;
        _isFull = isFull;
        if (isFull)
            logger.DiskFull(directory, available, reserveBytes);
        else
            logger.DiskHasRoom(directory, available);
    }
}

namespace Chronik.Broker.Network;

/// <summary>
/// Bounds the bytes of requests that the whole process holds (queued.max.request.bytes). Past the bound, connections that
/// want a large buffer wait in line and leave their bytes to the network.
/// </summary>
/// <remarks>
/// If every byte belongs to frames that have not arrived whole, nobody could ever go on: then the first in line is let through.
/// </remarks>
internal sealed class RequestMemory(long bytesMax)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private long _bytes;
    private int _requestsUnderWay;
    private int _waitingCount;

    /// <summary>Bytes held now.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Counts a buffer that was rented.</summary>
    public void Take(int bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>Counts a buffer that went back.</summary>
    public void Give(int bytes)
    {
        Interlocked.Add(ref _bytes, -bytes);
        LetThrough();
    }

    /// <summary>A whole request was read and is worked on.</summary>
    public void OnRequestStarted() => Interlocked.Increment(ref _requestsUnderWay);

    /// <summary>A request was answered.</summary>
    public void OnRequestEnded()
    {
        Interlocked.Decrement(ref _requestsUnderWay);
        LetThrough();
    }

    /// <summary>Waits until there is room for a large buffer.</summary>
    public ValueTask WaitForRoomAsync()
    {
        if (HasRoom())
        {
            return ValueTask.CompletedTask;
        }

        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue(turn);
            Volatile.Write(ref _waitingCount, _waiting.Count);
        }

        // Room may have come between the look and the line, with nobody in line to be told.
        Interlocked.MemoryBarrier();
        LetThrough();
        return new ValueTask(turn.Task);
    }

    /// <summary>Connections in line.</summary>
    public int WaitingCount => Volatile.Read(ref _waitingCount);

    private bool HasRoom() => Interlocked.Read(ref _bytes) < bytesMax || Volatile.Read(ref _requestsUnderWay) == 0;

    private void LetThrough()
    {
        if (WaitingCount == 0 || !HasRoom())
        {
            return;
        }

        lock (_lock)
        {
            if (_waiting.TryDequeue(out TaskCompletionSource? turn))
            {
                Volatile.Write(ref _waitingCount, _waiting.Count);
                turn.SetResult();
            }
        }
    }
}

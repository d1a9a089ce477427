using Chronik.Storage.Log;

namespace Chronik.Broker.Fetching;

/// <summary>One parked fetch: woken by its partitions, ended by its time or by the end of its connection.</summary>
internal sealed class FetchWait(FetchWaiters waiters, ReadOnlyMemory<IPartitionLog> logs) : IDisposable
{
    private TaskCompletionSource _signal = New();
    private ITimer? _timer;
    private CancellationTokenRegistration _connection;
    private volatile bool _isOver;

    /// <summary>True when there is no use in waiting any longer.</summary>
    public bool IsOver => _isOver;

    /// <summary>Completes when there may be more to read, or when it is over. Take it before looking, so that nothing is missed.</summary>
    public Task NextSignal()
    {
        TaskCompletionSource current = Volatile.Read(ref _signal);
        if (current.Task.IsCompleted && !_isOver)
        {
            Volatile.Write(ref _signal, current = New());
            if (_isOver)
            {
                current.TrySetResult();
            }
        }

        return current.Task;
    }

    /// <summary>There may be more to read.</summary>
    public void Wake() => Volatile.Read(ref _signal).TrySetResult();

    /// <summary>Sets its bounds.</summary>
    public void Start(TimeProvider time, TimeSpan atMost, CancellationToken connectionClosed)
    {
        _timer = time.CreateTimer(static wait => ((FetchWait)wait!).End(), this, atMost, Timeout.InfiniteTimeSpan);
        _connection = connectionClosed.UnsafeRegister(static wait => ((FetchWait)wait!).End(), this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        waiters.Remove(this, logs.Span);
        _timer?.Dispose();
        _connection.Dispose();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void End()
    {
        _isOver = true;
        Wake();
    }
}

using System.Collections.Concurrent;

namespace Chronik.Broker.Groups;

/// <summary>Runs what is posted to it one after another, in order, on the broker's scheduler: what it guards needs no locks.</summary>
internal sealed class Mailbox(TaskScheduler scheduler, Action<Exception> failed)
{
    /// <summary>After so many it lets others have the thread.</summary>
    private const int RunInARowMax = 256;

    private readonly ConcurrentQueue<Action> _posted = new();
    private int _isScheduled;

    /// <summary>Runs this after all that was posted before. It must not wait; what it throws is reported, and the next runs.</summary>
    public void Post(Action work)
    {
        _posted.Enqueue(work);
        if (Interlocked.Exchange(ref _isScheduled, 1) == 0)
            Schedule();
    }

    /// <summary>Runs this after all that was posted before, and hands its result to the caller.</summary>
    /// <remarks>Its task ends on the scheduler: the bare source's would be passed on by the thread pool where many are waited for.</remarks>
    public async Task<T> AskAsync<T>(Func<T> work)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                result.SetResult(work());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        });
        return await result.Task;
    }

    private void Schedule() =>
        _ = Task.Factory.StartNew(Drain, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);

    private void Drain()
    {
        for (var i = 0; i < RunInARowMax && _posted.TryDequeue(out var work); i++)
            Run(work);
        Volatile.Write(ref _isScheduled, 0);
        if (!_posted.IsEmpty && Interlocked.Exchange(ref _isScheduled, 1) == 0)
            Schedule();
    }

    private void Run(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e)
        {
            failed(e);
        }
    }
}

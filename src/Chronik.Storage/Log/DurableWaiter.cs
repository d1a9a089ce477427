using System.Threading.Tasks.Sources;
using Chronik.Protocol;

namespace Chronik.Storage.Log;

/// <summary>One who waits for an offset to become durable. Reused: it goes back to its pool when its result was taken.</summary>
internal sealed class DurableWaiter(DurableWaiterPool pool) : IValueTaskSource<ErrorCode>
{
    // Continuations run where the commit completes them: that is the one thread hop of a request. Those that have more to do
    // than to answer go on in the pool, so that the next commit does not wait for them.
    private ManualResetValueTaskSourceCore<ErrorCode> _core;

    public long Offset { get; private set; }

    public ErrorCode Result { get; set; }

    /// <summary>The next of the list that it is in.</summary>
    public DurableWaiter? Next { get; set; }

    public ValueTask<ErrorCode> Start(long offset, bool continuesAside)
    {
        Offset = offset;
        _core.RunContinuationsAsynchronously = continuesAside;
        return new ValueTask<ErrorCode>(this, _core.Version);
    }

    public void Complete() => _core.SetResult(Result);

    public ErrorCode GetResult(short token)
    {
        var result = _core.GetResult(token);
        _core.Reset();
        pool.Return(this);
        return result;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}

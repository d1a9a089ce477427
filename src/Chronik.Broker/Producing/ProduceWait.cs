using System.Threading.Tasks.Sources;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Producing;

/// <summary>
/// One Produce that is answered when its records are durable, or when its time is over: then with REQUEST_TIMED_OUT for what
/// is not durable yet, which stays appended, as in Kafka.
/// </summary>
internal sealed class ProduceWait(ProduceWaits waits, ProduceResponse response, List<PendingAppend> pending, long deadlineMs)
    : IValueTaskSource<ProduceResponse?>
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<ProduceResponse?> _core;
    private int _settled;
    private bool _isOver;

    /// <summary>When its time is over, on the clock of <see cref="ProduceWaits"/>.</summary>
    public long DeadlineMs { get; } = deadlineMs;

    /// <summary>Its neighbours among those that wait; <see cref="ProduceWaits"/> only.</summary>
    public ProduceWait? Next { get; set; }

    /// <inheritdoc cref="Next"/>
    public ProduceWait? Previous { get; set; }

    /// <summary>Begins to wait; called once.</summary>
    public ValueTask<ProduceResponse?> StartAsync()
    {
        _ = SettleAsync();
        return new ValueTask<ProduceResponse?>(this, _core.Version);
    }

    /// <summary>Answers now, if it was not answered before.</summary>
    public void Expire()
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            for (int i = _settled; i < pending.Count; i++)
            {
                pending[i].Answer.ErrorCode = ErrorCode.RequestTimedOut;
            }
        }

        _core.SetResult(response);
    }

    /// <inheritdoc/>
    public ProduceResponse? GetResult(short token) => _core.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private async Task SettleAsync()
    {
        for (int i = 0; i < pending.Count; i++)
        {
            Settle(pending[i], await pending[i].Durable);
        }

        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
        }

        waits.Remove(this);
        _core.SetResult(response);
    }

    private void Settle(in PendingAppend append, ErrorCode error)
    {
        lock (_lock)
        {
            _settled++;
            if (error != ErrorCode.None && !_isOver)
            {
                append.Answer.ErrorCode = error;
                append.Answer.BaseOffset = -1;
            }
        }
    }
}

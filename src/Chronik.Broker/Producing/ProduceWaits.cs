using Chronik.Protocol.Messages;

namespace Chronik.Broker.Producing;

/// <summary>
/// All Produce requests that wait for the disk. Their time is looked at once a second: a commit takes milliseconds, so a
/// timer for each request would be set and taken back in vain.
/// </summary>
internal sealed class ProduceWaits(TimeProvider time) : IDisposable
{
    /// <summary>
    /// A shorter timeout.ms counts as this. Kafka with one replica never waits, so a client that allows no time at all still
    /// expects its answer; here it would nearly always be told to send again what is about to be durable.
    /// </summary>
    public const int TimeoutMsMin = 1_000;

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private ProduceWait? _first;
    private ITimer? _timer;
    private bool _isArmed;

    /// <summary>Answers when every append is durable, or after <paramref name="timeoutMs"/> and at most a second more.</summary>
    public ValueTask<ProduceResponse?> WaitAsync(ProduceResponse response, List<PendingAppend> pending, int timeoutMs)
    {
        var wait = new ProduceWait(this, response, pending, NowMs + Math.Max(timeoutMs, TimeoutMsMin));
        lock (_lock)
        {
            wait.Next = _first;
            if (_first is not null)
            {
                _first.Previous = wait;
            }

            _first = wait;
            Arm();
        }

        return wait.StartAsync();
    }

    /// <summary>Forgets one that was answered.</summary>
    public void Remove(ProduceWait wait)
    {
        lock (_lock)
        {
            Unlink(wait);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private long NowMs => (long)time.GetElapsedTime(0).TotalMilliseconds;

    private void Arm()
    {
        if (_isArmed)
        {
            return;
        }

        _isArmed = true;
        _timer ??= time.CreateTimer(static waits => ((ProduceWaits)waits!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(s_period, Timeout.InfiniteTimeSpan);
    }

    private void Look()
    {
        List<ProduceWait>? over = null;
        lock (_lock)
        {
            _isArmed = false;
            long now = NowMs;
            for (ProduceWait? wait = _first; wait is not null; wait = wait.Next)
            {
                if (wait.DeadlineMs <= now)
                {
                    (over ??= []).Add(wait);
                }
            }

            over?.ForEach(Unlink);
            if (_first is not null)
            {
                Arm();
            }
        }

        over?.ForEach(static wait => wait.Expire());
    }

    // One that was unlinked before has no neighbours and is not the first.
    private void Unlink(ProduceWait wait)
    {
        if (wait.Previous is not null)
        {
            wait.Previous.Next = wait.Next;
        }
        else if (ReferenceEquals(_first, wait))
        {
            _first = wait.Next;
        }

        if (wait.Next is not null)
        {
            wait.Next.Previous = wait.Previous;
        }

        (wait.Previous, wait.Next) = (null, null);
    }
}

namespace Chronik.TestKit;

/// <summary>
/// A clock that stands still until a test moves it. Timers fire inside <see cref="Advance(TimeSpan)"/>, on its thread, in the
/// order in which they are due (in the order in which they were set where they are due together), each at its own time.
/// </summary>
public sealed class FakeTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<(FakeTimer Timer, long Setting), (long DueTicks, long Setting)> _settings = new();
    private readonly DateTimeOffset _start;
    private long _elapsedTicks;
    private long _lastSetting;

    /// <summary>Starts at 2026-01-01 00:00 UTC.</summary>
    public FakeTimeProvider()
        : this(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Starts at a given time.</summary>
    public FakeTimeProvider(DateTimeOffset start) => _start = start;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>How far the clock was moved since it was made.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Volatile.Read(ref _elapsedTicks));

    /// <summary>When the next timer fires, counted from now; null where none is set.</summary>
    public TimeSpan? NextTimerIn
    {
        get
        {
            lock (_gate)
                return TryPeekLive(out var dueTicks) ? TimeSpan.FromTicks(dueTicks - _elapsedTicks) : null;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <inheritdoc/>
    public override long GetTimestamp() => _start.Ticks + Volatile.Read(ref _elapsedTicks);

    /// <summary>Moves the clock and fires what becomes due on the way, also timers that the fired ones set.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var targetTicks = Volatile.Read(ref _elapsedTicks) + by.Ticks;
        while (TakeDue(targetTicks) is { } timer)
            timer.Fire();
        lock (_gate)
            _elapsedTicks = Math.Max(_elapsedTicks, targetTicks);
    }

    /// <summary>Moves the clock by milliseconds.</summary>
    public void Advance(int milliseconds) => Advance(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>Moves the clock to the next timer and fires it; false where none is set.</summary>
    public bool AdvanceToNextTimer()
    {
        if (NextTimerIn is not { } next)
            return false;
        Advance(next);
        return true;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private FakeTimer? TakeDue(long targetTicks)
    {
        lock (_gate)
        {
            if (!TryPeekLive(out var dueTicks) || dueTicks > targetTicks)
                return null;
            var (timer, _) = _settings.Dequeue();
            _elapsedTicks = Math.Max(_elapsedTicks, dueTicks);
            if (timer.PeriodTicks > 0)
                Set(timer, timer.PeriodTicks);
            else
                timer.LiveSetting = 0;
            return timer;
        }
    }

    private bool TryPeekLive(out long dueTicks)
    {
        while (_settings.TryPeek(out var setting, out var priority))
        {
            if (setting.Timer.LiveSetting == setting.Setting)
            {
                dueTicks = priority.DueTicks;
                return true;
            }

            _settings.Dequeue();
        }

        dueTicks = 0;
        return false;
    }

    private void Set(FakeTimer timer, long dueInTicks)
    {
        timer.LiveSetting = ++_lastSetting;
        _settings.Enqueue((timer, _lastSetting), (_elapsedTicks + dueInTicks, _lastSetting));
    }

    private sealed class FakeTimer(FakeTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        /// <summary>The number of the setting that counts; 0 where the timer is not set. Guarded by the clock's lock.</summary>
        public long LiveSetting { get; set; }

        public long PeriodTicks { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                if (_disposed)
                    return false;
                PeriodTicks = period == Timeout.InfiniteTimeSpan ? 0 : period.Ticks;
                LiveSetting = 0;
                if (dueTime != Timeout.InfiniteTimeSpan)
                    clock.Set(this, dueTime.Ticks);
                return true;
            }
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (clock._gate)
            {
                _disposed = true;
                LiveSetting = 0;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

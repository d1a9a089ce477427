namespace Chronik.TestKit.Tests;

public sealed class FakeTimeProviderTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void Time_stands_still_until_it_is_moved()
    {
        var before = _clock.GetUtcNow();
        Assert.Equal(before, _clock.GetUtcNow());
        _clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(TimeSpan.FromMinutes(3), _clock.GetUtcNow() - before);
        Assert.Equal(TimeSpan.FromMinutes(3), _clock.Elapsed);
    }

    [Fact]
    public void Elapsed_time_between_timestamps_is_what_the_clock_was_moved()
    {
        var start = _clock.GetTimestamp();
        _clock.Advance(1234);
        Assert.Equal(TimeSpan.FromMilliseconds(1234), _clock.GetElapsedTime(start));
    }

    [Fact]
    public void Timers_fire_in_the_order_in_which_they_are_due_each_at_its_own_time()
    {
        Set("late", 30);
        Set("early", 10);
        Set("also early", 10);
        Set("never", 31);
        _clock.Advance(30);
        Assert.Equal(["early@10", "also early@10", "late@30"], _fired);
    }

    [Fact]
    public void A_timer_that_a_fired_timer_sets_fires_in_the_same_advance_when_it_is_due()
    {
        using var outer = _clock.CreateTimer(_ => Set("inner", 5), null, TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan);
        _clock.Advance(20);
        Assert.Equal(["inner@15"], _fired);
    }

    [Fact]
    public void A_periodic_timer_fires_again_and_again()
    {
        using var timer = _clock.CreateTimer(_ => Note("tick"), null, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(10));
        _clock.Advance(30);
        Assert.Equal(["tick@5", "tick@15", "tick@25"], _fired);
    }

    [Fact]
    public void A_changed_timer_forgets_its_old_setting_and_a_disposed_one_never_fires()
    {
        var changed = Set("changed", 10);
        var disposed = Set("disposed", 10);
        changed.Change(TimeSpan.FromMilliseconds(20), Timeout.InfiniteTimeSpan);
        disposed.Dispose();
        Assert.False(disposed.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan));
        _clock.Advance(100);
        Assert.Equal(["changed@20"], _fired);
    }

    [Fact]
    public async Task Delays_of_tasks_follow_the_clock()
    {
        var delay = Task.Delay(TimeSpan.FromSeconds(5), _clock);
        _clock.Advance(4999);
        Assert.False(delay.IsCompleted);
        _clock.Advance(1);
        await delay.WaitAsync(Eventually.DefaultBound);
    }

    [Fact]
    public void The_next_timer_can_be_asked_for_and_gone_to()
    {
        Assert.Null(_clock.NextTimerIn);
        Assert.False(_clock.AdvanceToNextTimer());
        Set("first", 7);
        Assert.Equal(TimeSpan.FromMilliseconds(7), _clock.NextTimerIn);
        Assert.True(_clock.AdvanceToNextTimer());
        Assert.Equal(["first@7"], _fired);
    }

    private ITimer Set(string name, int inMs) =>
        _clock.CreateTimer(_ => Note(name), null, TimeSpan.FromMilliseconds(inMs), Timeout.InfiniteTimeSpan);

    private void Note(string name) => _fired.Add($"{name}@{_clock.Elapsed.TotalMilliseconds}");
}

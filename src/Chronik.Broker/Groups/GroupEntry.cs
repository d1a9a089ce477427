using Chronik.Coordination.Classic;
using Chronik.Coordination.Offsets;

namespace Chronik.Broker.Groups;

/// <summary>A group in its shard: touched in the shard's mailbox alone.</summary>
internal sealed class GroupEntry(ClassicGroup group, GroupJournal journal, ITimer timer) : IDisposable
{
    private TimeSpan? _wakeAt;

    /// <summary>The group as it is now.</summary>
    public ClassicGroup Group { get; set; } = group;

    /// <summary>Its committed offsets: what is durable of them.</summary>
    public GroupOffsets Offsets { get; } = new();

    /// <summary>Its way to the catalog.</summary>
    public GroupJournal Journal { get; } = journal;

    /// <summary>Nothing would be lost if it were forgotten.</summary>
    public bool IsBlank => Group.IsBlank && Offsets.IsEmpty && Journal.IsIdle;

    /// <summary>A step set a deadline: the timer rings no later than that.</summary>
    public void WakeBy(TimeSpan? deadline, TimeSpan now)
    {
        if (deadline is { } at && (_wakeAt is null || at < _wakeAt))
            WakeAt(at, now);
    }

    /// <summary>The timer has rung, and this is the earliest deadline now.</summary>
    public void WakeAt(TimeSpan? deadline, TimeSpan now)
    {
        _wakeAt = deadline;
        if (deadline is not { } at)
        {
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        // Rounded up: a timer that rings early would ring again for the rest of the millisecond.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling((at - now).TotalMilliseconds));
        timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();
}

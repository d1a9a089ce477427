namespace Chronik.Coordination.Classic;

/// <summary>A group has no timers of its own: what must happen when is part of its value, and read from it here.</summary>
public static class Deadlines
{
    /// <summary>The earliest of all; null: nothing happens by time alone.</summary>
    public static TimeSpan? Earliest(ClassicGroup group)
    {
        var earliest = EarliestOfPhase(group);
        foreach (var member in group.Members.All)
            earliest = Sooner(earliest, member.SessionDeadline);
        foreach (var pending in group.Members.Pending)
            earliest = Sooner(earliest, pending.SessionDeadline);
        return earliest;
    }

    /// <summary>The earliest of those that belong to the group as a whole.</summary>
    internal static TimeSpan? EarliestOfPhase(ClassicGroup group) =>
        Sooner(
            group.Join?.Deadline,
            group.Sync is { } sync ? Sooner(Sooner(sync.Refusal?.DueAt, sync.RescueDeadline), Sooner(sync.EvictDeadline, sync.SyncDeadline)) : null);

    /// <summary>The earlier of two, either of which may be missing.</summary>
    internal static TimeSpan? Sooner(TimeSpan? one, TimeSpan? other) =>
        one is null ? other : other is null || one <= other ? one : other;
}

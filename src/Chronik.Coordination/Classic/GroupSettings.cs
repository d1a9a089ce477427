namespace Chronik.Coordination.Classic;

/// <summary>What rules a group; defaults are those of the broker, a group's own configs override them.</summary>
public sealed record GroupSettings
{
    /// <summary>The settings of a broker that was told nothing.</summary>
    public static GroupSettings Default { get; } = new();

    /// <summary>group.min.session.timeout.ms.</summary>
    public TimeSpan SessionTimeoutMin { get; init; } = TimeSpan.FromMilliseconds(6_000);

    /// <summary>group.max.session.timeout.ms.</summary>
    public TimeSpan SessionTimeoutMax { get; init; } = TimeSpan.FromMilliseconds(1_800_000);

    /// <summary>group.initial.rebalance.delay.ms; Kafka's default is 3000.</summary>
    public TimeSpan InitialRebalanceDelay { get; init; } = TimeSpan.Zero;

    /// <summary>group.max.size: members and members to be.</summary>
    public int SizeMax { get; init; } = int.MaxValue;

    /// <summary>
    /// chronik.group.rescue.ms: how long a leader may stay silent after the join phase before the server computes the
    /// assignment in its place; zero: never.
    /// </summary>
    public TimeSpan Rescue { get; init; } = TimeSpan.FromMilliseconds(5_000);

    /// <summary>
    /// chronik.group.rescue.evict.ms: how long a leader may stay silent before it is removed, where the server cannot
    /// compute the assignment; zero: never before Kafka would.
    /// </summary>
    public TimeSpan RescueEvict { get; init; } = TimeSpan.Zero;
}

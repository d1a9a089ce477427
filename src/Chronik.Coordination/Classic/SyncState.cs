namespace Chronik.Coordination.Classic;

/// <summary>What a generation waits for after its join phase.</summary>
public sealed record SyncState
{
    /// <summary>The members were told of the generation; until then it is being stored.</summary>
    public bool IsAnnounced { get; init; }

    /// <summary>When members that have not asked for their assignment are removed; null: all have.</summary>
    public TimeSpan? SyncDeadline { get; init; }

    /// <summary>When the server stands in for the leader; null: it has spoken, or the rescue is off or done.</summary>
    public TimeSpan? RescueDeadline { get; init; }

    /// <summary>When the silent leader is removed; null: it has spoken, or nobody asked for that.</summary>
    public TimeSpan? EvictDeadline { get; init; }

    /// <summary>The leader's assignment is not taken, of which it is told shortly; or null.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>The assignment that is being stored.</summary>
    public PendingAssignment? Pending { get; init; }
}

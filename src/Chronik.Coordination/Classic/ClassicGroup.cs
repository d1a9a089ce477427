using Chronik.Coordination.Classic.History;

namespace Chronik.Coordination.Classic;

/// <summary>
/// A group of JoinGroup and SyncGroup: one immutable value. It changes only by <see cref="ClassicGroupMachine"/>, which
/// makes the next one from it, a command and the time.
/// </summary>
public sealed record ClassicGroup
{
    /// <summary>The protocol type of consumers: the one whose metadata the server can read.</summary>
    public const string ConsumerProtocolType = "consumer";

    /// <summary>group.id.</summary>
    public required string GroupId { get; init; }

    /// <summary>Where it stands.</summary>
    public ClassicGroupPhase Phase { get; init; }

    /// <summary>Since when.</summary>
    public required Moment PhaseSince { get; init; }

    /// <summary>Grows with each join phase that completes, never shrinks.</summary>
    public int Generation { get; init; }

    /// <summary>What its members are ("consumer", "connect"); kept when it becomes empty; null: nobody ever joined.</summary>
    public string? ProtocolType { get; init; }

    /// <summary>The protocol that this generation elected; null when there is no generation.</summary>
    public string? ProtocolName { get; init; }

    /// <summary>The member that computes the assignment; null when none is elected.</summary>
    public string? Leader { get; init; }

    /// <summary>Who is in it.</summary>
    public MemberTable Members { get; init; } = MemberTable.Empty;

    /// <summary>Set exactly in PreparingRebalance.</summary>
    public JoinState? Join { get; init; }

    /// <summary>Set exactly in CompletingRebalance and Stable.</summary>
    public SyncState? Sync { get; init; }

    /// <summary>How many completed join phases are being stored: while one is, members that come gather for the next.</summary>
    public int JoinWritesUnderWay { get; init; }

    /// <summary>How many assignments in a row were refused because they gave subscribed topics to nobody.</summary>
    public int AssignmentsRefused { get; init; }

    /// <summary>The number that the next member to join gets.</summary>
    public long NextJoinOrder { get; init; }

    /// <summary>Its last rebalances.</summary>
    public RebalanceHistory History { get; init; } = RebalanceHistory.Empty;

    /// <summary>A group that nobody has joined yet.</summary>
    public static ClassicGroup Create(string groupId, Moment now) => new() { GroupId = groupId, PhaseSince = now };

    /// <summary>Nothing is known of it that is worth keeping: no generation, nobody in it or on the way.</summary>
    public bool IsBlank =>
        Phase == ClassicGroupPhase.Empty && Generation == 0 && Members.Count == 0 && Members.PendingCount == 0 && JoinWritesUnderWay == 0;

    /// <summary>The member that leads, or null.</summary>
    internal GroupMember? LeaderMember => Leader is not null && Members.TryGet(Leader, out var member) ? member : null;
}

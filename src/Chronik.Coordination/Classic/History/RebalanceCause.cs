namespace Chronik.Coordination.Classic.History;

/// <summary>Why a rebalance began.</summary>
public enum RebalanceCause
{
    /// <summary>A member joined.</summary>
    MemberJoined,

    /// <summary>A member changed what it subscribes to or offers.</summary>
    MemberChanged,

    /// <summary>The leader rejoined, as it does when topics change.</summary>
    LeaderRejoined,

    /// <summary>A static member came back under a new member id.</summary>
    StaticMemberReplaced,

    /// <summary>A member left.</summary>
    MemberLeft,

    /// <summary>A member's session ended.</summary>
    SessionExpired,

    /// <summary>A member never asked for its assignment.</summary>
    SyncMissed,

    /// <summary>The silent leader was removed.</summary>
    LeaderEvicted,

    /// <summary>The leader's assignment gave subscribed topics to nobody.</summary>
    AssignmentRefused,

    /// <summary>The generation or its assignment could not be stored.</summary>
    WriteFailed,
}

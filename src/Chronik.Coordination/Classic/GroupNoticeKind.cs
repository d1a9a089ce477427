namespace Chronik.Coordination.Classic;

/// <summary>What happened to a group.</summary>
public enum GroupNoticeKind
{
    /// <summary>A rebalance began.</summary>
    RebalanceStarted,

    /// <summary>A generation has its assignment.</summary>
    GenerationStable,

    /// <summary>Nobody is left in it.</summary>
    GroupEmptied,

    /// <summary>The server computed the assignment in place of a silent leader.</summary>
    LeaderRescued,

    /// <summary>The leader is silent, and the server cannot stand in for it.</summary>
    LeaderSilent,

    /// <summary>A silent leader was removed.</summary>
    LeaderEvicted,

    /// <summary>The leader's assignment gave subscribed topics to nobody, and it is asked again.</summary>
    AssignmentRefused,

    /// <summary>A member's session ended without a heartbeat.</summary>
    SessionExpired,

    /// <summary>A member did not rejoin in time.</summary>
    JoinMissed,

    /// <summary>A member did not ask for its assignment in time.</summary>
    SyncMissed,

    /// <summary>A static member came back while its predecessor was there.</summary>
    StaticMemberReplaced,

    /// <summary>The catalog refused to store the group.</summary>
    WriteFailed,
}

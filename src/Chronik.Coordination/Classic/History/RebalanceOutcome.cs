namespace Chronik.Coordination.Classic.History;

/// <summary>How a rebalance ended.</summary>
public enum RebalanceOutcome
{
    /// <summary>It has not.</summary>
    Running,

    /// <summary>The leader's assignment was stored.</summary>
    AssignedByLeader,

    /// <summary>The leader was silent; the server's assignment was stored.</summary>
    AssignedByServer,

    /// <summary>Nobody was left.</summary>
    Emptied,

    /// <summary>The next rebalance began before this one had its assignment.</summary>
    Superseded,
}

namespace Chronik.Coordination.Classic.Explaining;

/// <summary>Where a member stands in what its group is doing. On the wire: values may only be added.</summary>
public enum MemberStanding
{
    /// <summary>It was given a member id and has not come back with it.</summary>
    Pending = 0,

    /// <summary>A rebalance waits for it to rejoin.</summary>
    Missing = 1,

    /// <summary>It has joined and waits for the others.</summary>
    Joined = 2,

    /// <summary>The generation is made, and it has not asked for its assignment.</summary>
    NotSynced = 3,

    /// <summary>It has asked for its assignment and waits for the leader's.</summary>
    WaitingForAssignment = 4,

    /// <summary>It has its assignment.</summary>
    Working = 5,
}

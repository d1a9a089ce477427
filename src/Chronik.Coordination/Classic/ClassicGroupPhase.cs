namespace Chronik.Coordination.Classic;

/// <summary>The states of a classic group. Stored: values may only be added.</summary>
public enum ClassicGroupPhase
{
    /// <summary>Nobody is in it; committed offsets may be.</summary>
    Empty = 0,

    /// <summary>The join phase: it waits for its members to (re)join.</summary>
    PreparingRebalance = 1,

    /// <summary>The sync phase: it waits for the leader's assignment.</summary>
    CompletingRebalance = 2,

    /// <summary>The assignment of the generation is stored; members fetch it and work.</summary>
    Stable = 3,

    /// <summary>It is being deleted.</summary>
    Dead = 4,
}

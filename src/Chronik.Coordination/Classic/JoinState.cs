namespace Chronik.Coordination.Classic;

/// <summary>What the join phase waits for, besides the members.</summary>
/// <param name="Deadline">When it goes on without those who have not joined.</param>
/// <param name="IsInitial">The group was empty: it gathers members until the deadline, even when all have joined.</param>
/// <param name="DelayLeft">How far the initial delay may still be extended.</param>
/// <param name="HasNewMember">Someone joined since the deadline was set: the initial delay is extended once more.</param>
public sealed record JoinState(TimeSpan Deadline, bool IsInitial = false, TimeSpan DelayLeft = default, bool HasNewMember = false);

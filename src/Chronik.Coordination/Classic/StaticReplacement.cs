namespace Chronik.Coordination.Classic;

/// <summary>A static member came back under a new member id; until that is stored it can be taken back.</summary>
/// <param name="Old">The member as it was.</param>
/// <param name="WasLeader">It led the generation.</param>
/// <param name="MaySkipAssignment">The client can be told not to compute an assignment (JoinGroup v9).</param>
public sealed record StaticReplacement(GroupMember Old, bool WasLeader, bool MaySkipAssignment);

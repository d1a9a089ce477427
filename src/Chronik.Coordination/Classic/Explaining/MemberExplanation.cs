namespace Chronik.Coordination.Classic.Explaining;

/// <summary>A member, as far as it matters to find out who blocks a group.</summary>
/// <param name="MemberId">Its member id.</param>
/// <param name="InstanceId">Its static identity, or null.</param>
/// <param name="Client">The process behind it.</param>
/// <param name="Standing">Where it stands.</param>
/// <param name="IsLeader">It computes the assignment.</param>
/// <param name="LastHeard">How long ago it was heard; null for one that is pending.</param>
/// <param name="SessionLeft">How long it may stay silent; null while one of its requests is parked.</param>
public sealed record MemberExplanation(
    string MemberId,
    string? InstanceId,
    ClientIdentity Client,
    MemberStanding Standing,
    bool IsLeader,
    TimeSpan? LastHeard,
    TimeSpan? SessionLeft)
{
    internal string Name => Names.Of(MemberId, InstanceId, Client);
}

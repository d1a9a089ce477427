namespace Chronik.Coordination.Assignors;

/// <summary>A member as the leader of its group sees it.</summary>
/// <param name="MemberId">The id that the coordinator gave it.</param>
/// <param name="GroupInstanceId">Its static identity (KIP-345), or null for a dynamic member.</param>
/// <param name="Subscription">
/// The metadata it sent in JoinGroup for the elected protocol: a <c>ConsumerProtocolSubscription</c>, version first.
/// </param>
public sealed record AssignmentMember(string MemberId, string? GroupInstanceId, ReadOnlyMemory<byte> Subscription);

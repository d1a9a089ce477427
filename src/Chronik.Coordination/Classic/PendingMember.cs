namespace Chronik.Coordination.Classic;

/// <summary>Was given a member id with MEMBER_ID_REQUIRED and has not come back with it (KIP-394).</summary>
/// <param name="MemberId">The id it was given.</param>
/// <param name="Client">The process behind it.</param>
/// <param name="SessionDeadline">When it is forgotten.</param>
public sealed record PendingMember(string MemberId, ClientIdentity Client, TimeSpan SessionDeadline);

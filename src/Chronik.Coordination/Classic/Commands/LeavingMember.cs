namespace Chronik.Coordination.Classic.Commands;

/// <summary>One that leaves.</summary>
/// <param name="MemberId">"" where only the instance id is given.</param>
/// <param name="InstanceId">group.instance.id, or null.</param>
/// <param name="Reason">Why, in the client's words (KIP-800), or null.</param>
public sealed record LeavingMember(string MemberId, string? InstanceId, string? Reason = null);

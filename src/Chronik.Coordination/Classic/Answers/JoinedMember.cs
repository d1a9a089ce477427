namespace Chronik.Coordination.Classic.Answers;

/// <summary>A member as the leader sees it.</summary>
public sealed record JoinedMember(string MemberId, string? InstanceId, ReadOnlyMemory<byte> Metadata);

using Chronik.Protocol;

namespace Chronik.Coordination.Classic.Answers;

/// <summary>What became of one that wanted to leave.</summary>
public sealed record LeftMember(string MemberId, string? InstanceId, ErrorCode Error);

namespace Chronik.Server.Output;

/// <summary>A member of a group; partitions as topic-index.</summary>
internal sealed record MemberRow(string MemberId, string? InstanceId, string ClientId, string Host, List<string> Partitions);

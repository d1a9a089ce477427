namespace Chronik.Coordination.Classic.Commands;

/// <summary>Heartbeat.</summary>
public sealed record HeartbeatCommand(RequestId Request, string MemberId, string? InstanceId, int Generation) : GroupRequest(Request);

using Chronik.Coordination.Classic.Answers;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic.Commands;

/// <summary>Heartbeat.</summary>
public sealed record HeartbeatCommand(RequestId Request, string MemberId, string? InstanceId, int Generation) : GroupRequest(Request)
{
    /// <inheritdoc/>
    public override GroupAnswer Refused(ErrorCode error) => new HeartbeatAnswer(Request, error);
}

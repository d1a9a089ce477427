using Chronik.Protocol;

namespace Chronik.Coordination.Classic.Answers;

/// <summary>Heartbeat's answer.</summary>
public sealed record HeartbeatAnswer(RequestId Request, ErrorCode Error) : GroupAnswer(Request, Error)
{
    /// <inheritdoc/>
    public override GroupAnswer Failed(ErrorCode error) => new HeartbeatAnswer(Request, error);
}

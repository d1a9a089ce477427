using System.Collections.Immutable;
using Chronik.Coordination.Classic.Answers;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic.Commands;

/// <summary>LeaveGroup, of one member (v0 to v2) or many.</summary>
public sealed record LeaveCommand(RequestId Request, ImmutableArray<LeavingMember> Members) : GroupRequest(Request)
{
    /// <inheritdoc/>
    public override GroupAnswer Refused(ErrorCode error) => new LeaveAnswer(Request, error, []);
}

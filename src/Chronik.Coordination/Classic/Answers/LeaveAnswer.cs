using System.Collections.Immutable;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic.Answers;

/// <summary>LeaveGroup's answer: an error for the whole, and one for each member.</summary>
public sealed record LeaveAnswer(RequestId Request, ErrorCode Error, ImmutableArray<LeftMember> Members) : GroupAnswer(Request, Error)
{
    /// <inheritdoc/>
    public override GroupAnswer Failed(ErrorCode error) => new LeaveAnswer(Request, error, []);
}

using Chronik.Coordination.Classic.Answers;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic.Commands;

/// <summary>A member commits offsets: may it, and it is alive.</summary>
/// <param name="Generation">Below 0: the commit does not come from a member.</param>
/// <param name="MemberId">"" for none.</param>
/// <param name="IsTransactional">The commit is part of a transaction (KIP-447).</param>
public sealed record CommitCommand(RequestId Request, string MemberId, string? InstanceId, int Generation, bool IsTransactional = false)
    : GroupRequest(Request)
{
    /// <inheritdoc/>
    public override GroupAnswer Refused(ErrorCode error) => new CommitAnswer(Request, error);
}

using Chronik.Protocol;

namespace Chronik.Coordination.Classic.Answers;

/// <summary>Whether a commit may be stored.</summary>
public sealed record CommitAnswer(RequestId Request, ErrorCode Error) : GroupAnswer(Request, Error)
{
    /// <inheritdoc/>
    public override GroupAnswer Failed(ErrorCode error) => new CommitAnswer(Request, error);
}

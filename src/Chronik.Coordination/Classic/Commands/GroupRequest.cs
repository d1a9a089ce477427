using Chronik.Coordination.Classic.Answers;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic.Commands;

/// <summary>A client's request, which gets exactly one answer, now or later.</summary>
public abstract record GroupRequest(RequestId Request) : GroupCommand
{
    /// <summary>The answer that refuses it as a whole.</summary>
    public abstract GroupAnswer Refused(ErrorCode error);
}

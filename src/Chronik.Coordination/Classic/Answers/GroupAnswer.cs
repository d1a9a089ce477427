using Chronik.Protocol;

namespace Chronik.Coordination.Classic.Answers;

/// <summary>The answer to a request.</summary>
public abstract record GroupAnswer(RequestId Request, ErrorCode Error)
{
    /// <summary>The same request answered with an error instead: what it said turned out not to be stored.</summary>
    public abstract GroupAnswer Failed(ErrorCode error);
}

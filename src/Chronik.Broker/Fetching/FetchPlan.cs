using Chronik.Protocol;

namespace Chronik.Broker.Fetching;

/// <summary>What one Fetch request comes to: the partitions to read, and the session that remembers them.</summary>
/// <param name="Error">NONE, or the session's error, which is the whole answer.</param>
/// <param name="Targets">The partitions in the order in which they are read.</param>
/// <param name="Session">The session that the request goes on with, or null.</param>
/// <param name="WantsSession">The client asks for a new session.</param>
internal sealed record FetchPlan(ErrorCode Error, FetchTarget[] Targets, FetchSession? Session, bool WantsSession)
{
    /// <summary>A request that its session refuses.</summary>
    public static FetchPlan Refused(ErrorCode error) => new(error, [], null, false);
}

namespace Chronik.Coordination.Classic;

/// <summary>Something that an operator may want to know, for the log and the counters.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="GroupId">To which group.</param>
/// <param name="Generation">In which generation.</param>
/// <param name="MemberId">To or by which member, or null.</param>
/// <param name="Client">The process behind that member, or null.</param>
/// <param name="Detail">The rest of the sentence.</param>
public sealed record GroupNotice(
    GroupNoticeKind Kind, string GroupId, int Generation, string? MemberId, ClientIdentity? Client, string Detail);

using Chronik.Coordination.Classic.Explaining;

namespace Chronik.Broker.Groups.Why;

/// <summary>A member of an explained group.</summary>
internal sealed record GroupWhyMember(
    string MemberId,
    string? InstanceId,
    string ClientId,
    string Host,
    string Software,
    string SoftwareVersion,
    string Standing,
    bool Leader,
    long? LastHeardMs,
    long? SessionLeftMs)
{
    public static GroupWhyMember Of(MemberExplanation member) => new(
        member.MemberId,
        member.InstanceId,
        member.Client.ClientId,
        member.Client.Host,
        member.Client.SoftwareName,
        member.Client.SoftwareVersion,
        member.Standing.ToString(),
        member.IsLeader,
        (long?)member.LastHeard?.TotalMilliseconds,
        (long?)member.SessionLeft?.TotalMilliseconds);
}

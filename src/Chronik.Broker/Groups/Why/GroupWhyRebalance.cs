using Chronik.Coordination.Classic.History;

namespace Chronik.Broker.Groups.Why;

/// <summary>A rebalance of an explained group.</summary>
internal sealed record GroupWhyRebalance(
    DateTimeOffset StartedAt,
    string Cause,
    string Detail,
    string? TriggerMemberId,
    string? TriggerClientId,
    int? Generation,
    DateTimeOffset? JoinedAt,
    DateTimeOffset? EndedAt,
    string Outcome,
    string? Leader,
    List<GroupWhyPart> Members,
    List<string> Notes)
{
    public static GroupWhyRebalance Of(Rebalance rebalance) => new(
        rebalance.StartedAt,
        rebalance.Cause.ToString(),
        rebalance.Detail,
        rebalance.TriggerMemberId,
        rebalance.TriggerClient?.ClientId,
        rebalance.Generation,
        rebalance.JoinedAt,
        rebalance.EndedAt,
        rebalance.Outcome.ToString(),
        rebalance.Leader,
        [.. rebalance.Members.Select(member => new GroupWhyPart(member.MemberId, member.InstanceId, member.Client.ClientId, member.Client.Host, member.JoinedAt, member.SyncedAt, member.IsGone))],
        [.. rebalance.Notes]);
}

using System.Collections.Immutable;
using Chronik.Coordination.Classic.History;

namespace Chronik.Coordination.Classic.Explaining;

/// <summary>An explanation in words, for people who have to mend something now.</summary>
internal static class GroupWords
{
    private const int MembersNamedMax = 20;

    public static ImmutableArray<string> Of(GroupExplanation group, Moment now)
    {
        var words = ImmutableArray.CreateBuilder<string>();
        var members = group.Members.Count(member => member.Standing != MemberStanding.Pending);
        words.Add($"Group {group.GroupId} has been {Names.Of(group.Phase)} for {GroupHints.Seconds(group.InPhase)}, generation {group.Generation}, {Count(members, "member")}"
            + (group.ProtocolName is null ? "." : $", protocol {group.ProtocolType}/{group.ProtocolName}."));
        words.AddRange(Waiting(group));
        if (group.DeadlineIn is { } deadline)
            words.Add($"In {GroupHints.Seconds(deadline)} {group.AtDeadline}.");
        if (group.Rebalances.LastOrDefault() is { } last)
            words.Add(Last(last, now));
        words.Add(FormattableString.Invariant($"Rebalances within the last hour: {group.RebalancesPerHour:0.#}."));
        foreach (var flapping in group.Flapping)
            words.Add($"client.id {flapping.Client.ClientId} on {flapping.Client.Host} caused {flapping.Rebalances} of them.");
        words.Add(group.Hint is null ? "Nothing looks wrong." : $"Likely: {group.Hint}.");
        return words.ToImmutable();
    }

    private static IEnumerable<string> Waiting(GroupExplanation group) => group.Phase switch
    {
        ClassicGroupPhase.PreparingRebalance => Each(group, MemberStanding.Missing, "It waits for {0} to rejoin:")
            .Concat(Each(group, MemberStanding.Pending, "It waits for {0} to come back with the id it was given:"))
            .Concat(Each(group, MemberStanding.Joined, "{0} joined:")),
        ClassicGroupPhase.CompletingRebalance => Leader(group)
            .Concat(Each(group, MemberStanding.NotSynced, "{0} not asked for an assignment yet:"))
            .Concat(Each(group, MemberStanding.WaitingForAssignment, "{0} waiting for the assignment:")),
        ClassicGroupPhase.Stable => Each(group, MemberStanding.NotSynced, "{0} never asked for an assignment:")
            .Concat(Each(group, MemberStanding.Working, "{0} working:")),
        _ => [],
    };

    private static IEnumerable<string> Leader(GroupExplanation group)
    {
        if (group.Members.FirstOrDefault(member => member.IsLeader) is { Standing: MemberStanding.NotSynced } leader)
            yield return $"It waits for the assignment of its leader, {leader.Name}, {Heard(leader)}.";
    }

    private static IEnumerable<string> Each(GroupExplanation group, MemberStanding standing, string title)
    {
        var those = group.Members.Where(member => member.Standing == standing).ToList();
        if (those.Count == 0)
            yield break;
        yield return string.Format(System.Globalization.CultureInfo.InvariantCulture, title, Count(those.Count, "member"));
        foreach (var member in those.Take(MembersNamedMax))
            yield return $"  {member.Name}{(member.IsLeader ? ", leader" : "")}, {Heard(member)}";
        if (those.Count > MembersNamedMax)
            yield return $"  and {those.Count - MembersNamedMax} more";
    }

    private static string Last(Rebalance last, Moment now)
    {
        var who = last.TriggerMemberId is null ? "" : $", by {Names.Of(last.TriggerMemberId, null, last.TriggerClient!)}";
        var detail = last.Detail.Length == 0 ? "" : $" ({last.Detail})";
        var ended = last.EndedAt is { } at ? $" and took {GroupHints.Seconds(at - last.StartedAt)}" : " and has not ended";
        return $"The last rebalance began {GroupHints.Seconds(now.Wall - last.StartedAt)} ago because {Names.Of(last.Cause)}{detail}{who}{ended}"
            + (last.Outcome == RebalanceOutcome.AssignedByServer ? "; the server assigned in the leader's place." : ".");
    }

    private static string Heard(MemberExplanation member) =>
        member.LastHeard is { } heard ? $"last heard {GroupHints.Seconds(heard)} ago" : "not heard since";

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}

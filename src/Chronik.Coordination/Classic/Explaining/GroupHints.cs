using Chronik.Coordination.Classic.History;

namespace Chronik.Coordination.Classic.Explaining;

/// <summary>What is most likely wrong, from what the members do and do not do.</summary>
internal static class GroupHints
{
    private const int OftenFrom = 3;
    private static readonly TimeSpan LongSilence = TimeSpan.FromSeconds(1);

    public static string? For(GroupExplanation group) => group.Phase switch
    {
        ClassicGroupPhase.PreparingRebalance => WhileJoining(group),
        ClassicGroupPhase.CompletingRebalance => WhileAssigning(group),
        ClassicGroupPhase.Stable => WhileStable(group),
        _ => null,
    };

    private static string? WhileJoining(GroupExplanation group)
    {
        var missing = group.Members.FirstOrDefault(member => member.Standing == MemberStanding.Missing);
        if (missing is null)
        {
            return group.Members.Any(member => member.Standing == MemberStanding.Pending)
                ? "a client was given a member id and has not come back with it: it hung up, or its answer was lost"
                : null;
        }

        return missing.LastHeard < group.InPhase
            ? $"{missing.Name} still heartbeats but does not rejoin: its poll loop is probably busy with records "
                + "(look at its processing time, max.poll.records and max.poll.interval.ms)"
            : $"{missing.Name} has not been heard since the rebalance began: its process is probably paused, cut off or gone"
                + (missing.SessionLeft is { } left ? $"; its session ends in {Seconds(left)}" : "");
    }

    private static string? WhileAssigning(GroupExplanation group)
    {
        var leader = group.Members.FirstOrDefault(member => member.IsLeader);
        if (leader is not { Standing: MemberStanding.NotSynced } || group.InPhase < LongSilence)
            return null;
        return leader.LastHeard < group.InPhase - LongSilence
            ? $"the leader, {leader.Name}, heartbeats but sends no assignment: a bug of its client, or an assignor that does not end"
            : $"the leader, {leader.Name}, has been silent since it was told to assign: its process is probably hung, paused or gone";
    }

    private static string? WhileStable(GroupExplanation group)
    {
        if (group.Flapping.FirstOrDefault() is { } flapping)
        {
            var recent = group.Rebalances.Where(rebalance => rebalance.TriggerClient == flapping.Client).ToList();
            var most = recent.GroupBy(rebalance => rebalance.Cause).MaxBy(cause => cause.Count())!.Key;
            return $"client.id {flapping.Client.ClientId} on {flapping.Client.Host} caused {flapping.Rebalances} rebalances within an hour, "
                + most switch
                {
                    RebalanceCause.SessionExpired => "mostly because its session ended: look for long pauses, or raise session.timeout.ms",
                    RebalanceCause.MemberLeft => "mostly because it left: it restarts, or its processing exceeds max.poll.interval.ms",
                    RebalanceCause.MemberJoined => "mostly because it joined: it restarts, or several short-lived processes share this group",
                    RebalanceCause.LeaderRejoined or RebalanceCause.MemberChanged => "mostly because it rejoined: its subscription or the topics keep changing",
                    _ => "for different reasons",
                };
        }

        var expired = group.Rebalances.Count(rebalance => rebalance.Cause == RebalanceCause.SessionExpired);
        if (expired >= OftenFrom && expired > group.Rebalances.Length / 2)
            return "most rebalances began because a session ended: look for long pauses or a network that loses packets, or raise session.timeout.ms";
        return group.Members.Any(member => member.Standing == MemberStanding.NotSynced)
            ? "a member joined and never asked for its assignment: nobody reads its partitions"
            : null;
    }

    internal static string Seconds(TimeSpan time) => FormattableString.Invariant($"{Math.Max(0, time.TotalSeconds):0.0} s");
}

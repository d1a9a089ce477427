using System.Collections.Immutable;
using Chronik.Coordination.Classic.History;

namespace Chronik.Coordination.Classic.Explaining;

/// <summary>Explains a group from its state and history: nothing is asked, nothing changes.</summary>
public static class GroupWhy
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Causing so many rebalances within an hour is flapping, beside one for each member: that is how it joined.</summary>
    private const int FlappingFrom = 3;

    /// <summary>Explains a group as it is now.</summary>
    public static GroupExplanation Explain(ClassicGroup group, Moment now)
    {
        var (deadline, atDeadline) = NextEvent(group, now);
        var explanation = new GroupExplanation
        {
            GroupId = group.GroupId,
            Phase = group.Phase,
            InPhase = now.Uptime - group.PhaseSince.Uptime,
            Generation = group.Generation,
            ProtocolType = group.ProtocolType,
            ProtocolName = group.ProtocolName,
            Members = MembersOf(group, now),
            DeadlineIn = deadline,
            AtDeadline = atDeadline,
            RebalancesPerHour = PerHour(group.History, now),
            Flapping = FlappingOf(group, now),
            Rebalances = [.. group.History.All],
        };
        explanation = explanation with { Hint = GroupHints.For(explanation) };
        return explanation with { Words = GroupWords.Of(explanation, now) };
    }

    private static ImmutableArray<MemberExplanation> MembersOf(ClassicGroup group, Moment now)
    {
        var members = group.Members.All.Select(member => new MemberExplanation(
            member.MemberId,
            member.InstanceId,
            member.Client,
            StandingOf(group, member),
            member.MemberId == group.Leader,
            now.Uptime - member.LastHeardAt.Uptime,
            member.SessionDeadline - now.Uptime));
        var pending = group.Members.Pending.Select(each => new MemberExplanation(
            each.MemberId, null, each.Client, MemberStanding.Pending, IsLeader: false, LastHeard: null, each.SessionDeadline - now.Uptime));
        return [.. members.Concat(pending).OrderBy(member => Urgency(group, member)).ThenBy(member => member.MemberId, StringComparer.Ordinal)];
    }

    private static MemberStanding StandingOf(ClassicGroup group, GroupMember member) => group.Phase switch
    {
        ClassicGroupPhase.PreparingRebalance => member.JoinRequest is null ? MemberStanding.Missing : MemberStanding.Joined,
        ClassicGroupPhase.CompletingRebalance when member.JoinRequest is not null => MemberStanding.Joined,
        ClassicGroupPhase.CompletingRebalance => member.SyncRequest is null ? MemberStanding.NotSynced : MemberStanding.WaitingForAssignment,
        _ => member.OwesSync ? MemberStanding.NotSynced : MemberStanding.Working,
    };

    // Whom the group waits for comes first: in the sync phase that is the leader.
    private static int Urgency(ClassicGroup group, MemberExplanation member) =>
        group.Phase == ClassicGroupPhase.CompletingRebalance && member.IsLeader ? -1 : (int)member.Standing;

    private static (TimeSpan? In, string? What) NextEvent(ClassicGroup group, Moment now)
    {
        if (group.Join is { } join)
        {
            return (join.Deadline - now.Uptime, join.IsInitial
                ? "the first rebalance of the group begins with those that have joined by then"
                : "members that have not rejoined by then are removed, and the others go on");
        }

        if (group.Sync is not { IsAnnounced: true } sync)
            return (null, null);
        if (group.Phase == ClassicGroupPhase.CompletingRebalance && sync.RescueDeadline is { } rescue && Rescue.IsComputable(group, out _))
            return (rescue - now.Uptime, $"the server computes the assignment ('{group.ProtocolName}') in the leader's place, if it is still silent");
        if (group.Phase == ClassicGroupPhase.CompletingRebalance && sync.EvictDeadline is { } evict)
            return (evict - now.Uptime, "the leader is removed, if it is still silent, and the others go on");
        return sync.SyncDeadline is { } deadline && group.Members.All.Any(member => member.OwesSync)
            ? (deadline - now.Uptime, "members that have not asked for their assignment by then are removed, and the others rebalance")
            : (null, null);
    }

    private static double PerHour(RebalanceHistory history, Moment now)
    {
        var all = history.All.ToList();
        var recent = all.Count(rebalance => now.Wall - rebalance.StartedAt < Hour);
        if (recent < RebalanceHistory.Capacity)
            return recent;
        var reach = now.Wall - all[0].StartedAt;
        return reach <= TimeSpan.Zero ? recent : recent * (Hour / reach);
    }

    private static ImmutableArray<Flapping> FlappingOf(ClassicGroup group, Moment now) =>
        [.. group.History.All
            .Where(rebalance => rebalance.TriggerClient is not null && now.Wall - rebalance.StartedAt < Hour)
            .GroupBy(rebalance => rebalance.TriggerClient!)
            .Where(client => client.Count() >= FlappingFrom + group.Members.All.Count(member => member.Client == client.Key))
            .OrderByDescending(client => client.Count())
            .ThenBy(client => client.Key.ClientId, StringComparer.Ordinal)
            .Select(client => new Flapping(client.Key, client.Count()))];
}

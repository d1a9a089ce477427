using Chronik.Coordination.Classic.Explaining;

namespace Chronik.Broker.Groups.Why;

/// <summary>
/// An explanation of a group as it goes over the wire and to programs, in JSON: members are added, never renamed or
/// taken away. Durations are milliseconds.
/// </summary>
internal sealed record GroupWhyReport
{
    public required string Group { get; init; }

    public required string State { get; init; }

    public required long InStateMs { get; init; }

    public required int Generation { get; init; }

    public string? ProtocolType { get; init; }

    public string? ProtocolName { get; init; }

    public long? DeadlineInMs { get; init; }

    public string? AtDeadline { get; init; }

    public double RebalancesPerHour { get; init; }

    public string? Hint { get; init; }

    public required List<string> Words { get; init; }

    public required List<GroupWhyMember> Members { get; init; }

    public required List<GroupWhyFlapping> Flapping { get; init; }

    public required List<GroupWhyRebalance> Rebalances { get; init; }

    public static GroupWhyReport Of(GroupExplanation group) => new()
    {
        Group = group.GroupId,
        State = group.Phase.ToString(),
        InStateMs = (long)group.InPhase.TotalMilliseconds,
        Generation = group.Generation,
        ProtocolType = group.ProtocolType,
        ProtocolName = group.ProtocolName,
        DeadlineInMs = (long?)group.DeadlineIn?.TotalMilliseconds,
        AtDeadline = group.AtDeadline,
        RebalancesPerHour = Math.Round(group.RebalancesPerHour, 1),
        Hint = group.Hint,
        Words = [.. group.Words],
        Members = [.. group.Members.Select(GroupWhyMember.Of)],
        Flapping = [.. group.Flapping.Select(each => new GroupWhyFlapping(each.Client.ClientId, each.Client.Host, each.Rebalances))],
        Rebalances = [.. group.Rebalances.Select(GroupWhyRebalance.Of)],
    };
}

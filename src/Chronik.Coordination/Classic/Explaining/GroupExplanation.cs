using System.Collections.Immutable;
using Chronik.Coordination.Classic.History;

namespace Chronik.Coordination.Classic.Explaining;

/// <summary>What a group is doing, whom it waits for, and what happens next.</summary>
public sealed record GroupExplanation
{
    /// <summary>group.id.</summary>
    public required string GroupId { get; init; }

    /// <summary>Its state.</summary>
    public required ClassicGroupPhase Phase { get; init; }

    /// <summary>How long it has been in it.</summary>
    public required TimeSpan InPhase { get; init; }

    /// <summary>Its generation.</summary>
    public required int Generation { get; init; }

    /// <summary>"consumer", "connect"; null: nobody ever joined.</summary>
    public string? ProtocolType { get; init; }

    /// <summary>The elected protocol, or null.</summary>
    public string? ProtocolName { get; init; }

    /// <summary>Its members, those that it waits for first.</summary>
    public required ImmutableArray<MemberExplanation> Members { get; init; }

    /// <summary>How long until something happens by itself, or null.</summary>
    public TimeSpan? DeadlineIn { get; init; }

    /// <summary>What happens then, or null.</summary>
    public string? AtDeadline { get; init; }

    /// <summary>Rebalances of the last hour; where the kept ones do not reach back that far, at their rate.</summary>
    public required double RebalancesPerHour { get; init; }

    /// <summary>Processes that make it rebalance again and again, the worst first.</summary>
    public required ImmutableArray<Flapping> Flapping { get; init; }

    /// <summary>The likely cause, or null where nothing is wrong.</summary>
    public string? Hint { get; init; }

    /// <summary>All of it in words, a sentence for each line.</summary>
    public ImmutableArray<string> Words { get; init; } = [];

    /// <summary>The last rebalances, oldest first.</summary>
    public ImmutableArray<Rebalance> Rebalances { get; init; } = [];
}

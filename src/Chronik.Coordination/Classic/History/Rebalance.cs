using System.Collections.Immutable;

namespace Chronik.Coordination.Classic.History;

/// <summary>One rebalance of a group, from its cause to the next.</summary>
public sealed record Rebalance
{
    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Why.</summary>
    public required RebalanceCause Cause { get; init; }

    /// <summary>The rest of the sentence: the client's own reason where it gave one.</summary>
    public string Detail { get; init; } = "";

    /// <summary>The member that caused it, or null.</summary>
    public string? TriggerMemberId { get; init; }

    /// <summary>The process behind that member, or null.</summary>
    public ClientIdentity? TriggerClient { get; init; }

    /// <summary>The generation that it made; null: it has made none.</summary>
    public int? Generation { get; init; }

    /// <summary>When its join phase completed, or null.</summary>
    public DateTimeOffset? JoinedAt { get; init; }

    /// <summary>When its assignment was stored or it ended otherwise, or null.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it ended.</summary>
    public RebalanceOutcome Outcome { get; init; }

    /// <summary>The leader of the generation, or null.</summary>
    public string? Leader { get; init; }

    /// <summary>When its members joined and synced; of the rebalance that lives only those who are gone.</summary>
    public ImmutableArray<RebalanceMember> Members { get; init; } = [];

    /// <summary>What else happened in it, in words.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];
}

using System.Collections.Immutable;
using Chronik.Coordination.Classic.Answers;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic.Commands;

/// <summary>JoinGroup.</summary>
public sealed record JoinCommand(RequestId Request) : GroupRequest(Request)
{
    /// <summary>"" for one that has no id yet.</summary>
    public required string MemberId { get; init; }

    /// <summary>group.instance.id, or null.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The id it gets if it has none: made by the caller, so that the machine needs no randomness.</summary>
    public required string NewMemberId { get; init; }

    /// <summary>The process behind it.</summary>
    public required ClientIdentity Client { get; init; }

    /// <summary>session.timeout.ms.</summary>
    public required TimeSpan SessionTimeout { get; init; }

    /// <summary>How long a rebalance waits for it.</summary>
    public required TimeSpan RebalanceTimeout { get; init; }

    /// <summary>"consumer", "connect".</summary>
    public required string ProtocolType { get; init; }

    /// <summary>What it offers, in its order of preference.</summary>
    public required ImmutableArray<GroupProtocol> Protocols { get; init; }

    /// <summary>A dynamic member must come back with the id it is given (v4+, KIP-394).</summary>
    public bool MustKnowMemberId { get; init; }

    /// <summary>It understands that it leads and still must not assign (v9+, KIP-814).</summary>
    public bool MaySkipAssignment { get; init; }

    /// <summary>Why it joins, in the client's words (KIP-800), or null.</summary>
    public string? Reason { get; init; }

    /// <inheritdoc/>
    public override GroupAnswer Refused(ErrorCode error) => new JoinAnswer(Request, error, MemberId);
}

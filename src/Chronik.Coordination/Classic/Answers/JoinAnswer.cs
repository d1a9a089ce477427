using System.Collections.Immutable;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic.Answers;

/// <summary>JoinGroup's answer.</summary>
public sealed record JoinAnswer(RequestId Request, ErrorCode Error, string MemberId) : GroupAnswer(Request, Error)
{
    /// <summary>The generation; -1 with an error.</summary>
    public int Generation { get; init; } = -1;

    /// <summary>The group's protocol type; null with an error.</summary>
    public string? ProtocolType { get; init; }

    /// <summary>The elected protocol; null with an error.</summary>
    public string? ProtocolName { get; init; }

    /// <summary>The leader's member id; "" with an error.</summary>
    public string Leader { get; init; } = "";

    /// <summary>It leads, and the assignment stands already.</summary>
    public bool SkipAssignment { get; init; }

    /// <summary>All members and their words, for the leader alone.</summary>
    public ImmutableArray<JoinedMember> Members { get; init; } = [];

    /// <inheritdoc/>
    public override GroupAnswer Failed(ErrorCode error) => new JoinAnswer(Request, error, "");
}

using System.Collections.Immutable;
using Chronik.Coordination.Classic.Answers;
using Chronik.Protocol;

namespace Chronik.Coordination.Classic.Commands;

/// <summary>SyncGroup.</summary>
public sealed record SyncCommand(RequestId Request) : GroupRequest(Request)
{
    /// <summary>Who asks.</summary>
    public required string MemberId { get; init; }

    /// <summary>group.instance.id, or null.</summary>
    public string? InstanceId { get; init; }

    /// <summary>The generation it believes in.</summary>
    public required int Generation { get; init; }

    /// <summary>What it believes the protocol type is (v5+), or null.</summary>
    public string? ProtocolType { get; init; }

    /// <summary>What it believes was elected (v5+), or null.</summary>
    public string? ProtocolName { get; init; }

    /// <summary>The leader's assignment: member id and bytes.</summary>
    public ImmutableArray<KeyValuePair<string, ReadOnlyMemory<byte>>> Assignments { get; init; } = [];

    /// <inheritdoc/>
    public override GroupAnswer Refused(ErrorCode error) => new SyncAnswer(Request, error);
}

using Chronik.Protocol;

namespace Chronik.Coordination.Classic.Answers;

/// <summary>SyncGroup's answer.</summary>
public sealed record SyncAnswer(RequestId Request, ErrorCode Error) : GroupAnswer(Request, Error)
{
    /// <summary>The group's protocol type; null with an error.</summary>
    public string? ProtocolType { get; init; }

    /// <summary>The elected protocol; null with an error.</summary>
    public string? ProtocolName { get; init; }

    /// <summary>The member's part.</summary>
    public ReadOnlyMemory<byte> Assignment { get; init; }

    /// <inheritdoc/>
    public override GroupAnswer Failed(ErrorCode error) => new SyncAnswer(Request, error);
}

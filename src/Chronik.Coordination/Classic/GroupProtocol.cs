namespace Chronik.Coordination.Classic;

/// <summary>A protocol (for consumers: an assignor) that a member offers, in its order of preference.</summary>
/// <param name="Name">The protocol's name.</param>
/// <param name="Metadata">The member's own words to the leader, opaque to the coordinator.</param>
public sealed record GroupProtocol(string Name, ReadOnlyMemory<byte> Metadata)
{
    /// <summary>Whether name and bytes are the same.</summary>
    public bool Matches(GroupProtocol other) =>
        string.Equals(Name, other.Name, StringComparison.Ordinal) && Metadata.Span.SequenceEqual(other.Metadata.Span);
}

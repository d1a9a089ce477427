using Chronik.Protocol;
using Chronik.Records;

namespace Chronik.Client;

/// <summary>A record that was read; its bytes are its own.</summary>
public sealed record ConsumedRecord
{
    /// <summary>Its partition.</summary>
    public required TopicPartition Partition { get; init; }

    /// <summary>Its offset.</summary>
    public required long Offset { get; init; }

    /// <summary>Milliseconds since 1970; -1 where it has none.</summary>
    public long TimestampMs { get; init; }

    /// <summary>Whose clock the timestamp is from.</summary>
    public TimestampType TimestampType { get; init; }

    /// <summary>The key, or null.</summary>
    public ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>The value, or null.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>Its headers.</summary>
    public IReadOnlyList<RecordHeader> Headers { get; init; } = [];

    /// <summary>Its topic.</summary>
    public string Topic => Partition.Topic;

    /// <summary>Its timestamp, or null.</summary>
    public DateTimeOffset? Timestamp => TimestampMs < 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(TimestampMs);
}

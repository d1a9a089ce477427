namespace Chronik.Records;

/// <summary>One record of a message set, where it lies: a message itself, or one within a compressed message.</summary>
public readonly ref struct LegacyRecord
{
    internal LegacyRecord(LegacyMessage message, long offset, long timestamp, TimestampType timestampType)
    {
        Offset = offset;
        Timestamp = timestamp;
        TimestampType = timestampType;
        Key = message.Key;
        IsKeyNull = message.IsKeyNull;
        Value = message.Value;
        IsValueNull = message.IsValueNull;
    }

    /// <summary>Its offset; in a set that a client produces it means nothing.</summary>
    public long Offset { get; }

    /// <summary>Milliseconds since 1970; -1 in format 0.</summary>
    public long Timestamp { get; }

    /// <summary>Whose clock the timestamp is from.</summary>
    public TimestampType TimestampType { get; }

    /// <summary>The key; empty where it is null.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>Whether the key is null.</summary>
    public bool IsKeyNull { get; }

    /// <summary>The value; empty where it is null.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Whether the value is null.</summary>
    public bool IsValueNull { get; }
}

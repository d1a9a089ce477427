namespace Chronik.Records;

/// <summary>What a topic demands of produced batches: topic configs, with Kafka's defaults. Build once for a topic, not for a request.</summary>
public sealed record BatchRules
{
    /// <summary>max.message.bytes: the largest batch, as it is compressed.</summary>
    public int MessageBytesMax { get; init; } = 1_048_588;

    /// <summary>message.timestamp.type. With LogAppendTime producers' timestamps are not checked; the log stamps.</summary>
    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;

    /// <summary>message.timestamp.before.max.ms: how far a timestamp may lie in the past.</summary>
    public long TimestampBeforeMsMax { get; init; } = long.MaxValue;

    /// <summary>message.timestamp.after.max.ms: how far a timestamp may lie in the future.</summary>
    public long TimestampAfterMsMax { get; init; } = 3_600_000;

    /// <summary>compression.type: the codec that batches are stored with, or null for the producer's.</summary>
    public CompressionCodec? Compression { get; init; }

    /// <summary>compression.LEVEL.level, or null for the codec's default.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>cleanup.policy has compact: records without a key are refused.</summary>
    public bool KeysRequired { get; init; }

    /// <summary>The bound of a batch's decompressed records.</summary>
    public int DecompressedBytesMax => (int)Math.Min(Array.MaxLength, Math.Max(16L * MessageBytesMax, 64L << 20));
}

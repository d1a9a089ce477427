using Chronik.Records;
using Chronik.Storage.Log;

namespace Chronik.Broker.Topics;

/// <summary>The settings in force for a topic: its own, else the broker's, else the defaults; parsed once for each change.</summary>
internal sealed record TopicConfig
{
    /// <summary>What its partition logs need.</summary>
    internal LogConfig Log { get; init; } = new();

    /// <summary>What is demanded of produced batches.</summary>
    internal BatchRules Batches { get; init; } = new();

    /// <summary>max.message.bytes: the largest record batch, as it arrives.</summary>
    internal int MessageBytesMax { get; init; } = 1_048_588;

    /// <summary>cleanup.policy has compact: records need a key.</summary>
    internal bool IsCompacted { get; init; }

    /// <summary>cleanup.policy is compact alone: records may not be deleted by age, size or request.</summary>
    internal bool KeepsLastOfEachKey { get; init; }

    /// <summary>message.timestamp.type=LogAppendTime: the broker stamps each batch.</summary>
    internal bool StampLogAppendTime { get; init; }

    /// <summary>message.timestamp.before.max.ms: how far behind the broker's clock a record's time may lie.</summary>
    internal long TimestampBeforeMaxMs { get; init; } = long.MaxValue;

    /// <summary>message.timestamp.after.max.ms: how far ahead of the broker's clock a record's time may lie.</summary>
    internal long TimestampAfterMaxMs { get; init; } = 3_600_000;

    /// <summary>compression.type: "producer" keeps what arrives; else every batch is stored with this codec.</summary>
    internal string CompressionType { get; init; } = "producer";
}

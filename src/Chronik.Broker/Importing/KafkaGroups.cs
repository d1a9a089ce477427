using Chronik.Protocol;

namespace Chronik.Broker.Importing;

/// <summary>What Kafka's <c>__consumer_offsets</c> holds.</summary>
internal sealed class KafkaGroups
{
    /// <summary>Committed offsets.</summary>
    internal Dictionary<(string Group, TopicPartition Partition), KafkaOffset> Offsets { get; } = [];

    /// <summary>Groups that had members once: their protocol type and generation.</summary>
    internal Dictionary<string, (string? ProtocolType, int Generation)> Groups { get; } = new(StringComparer.Ordinal);

    /// <summary>Groups of a kind that is not served here.</summary>
    internal HashSet<string> Foreign { get; } = new(StringComparer.Ordinal);

    /// <summary>Files in which something was damaged.</summary>
    internal List<string> DamagedFiles { get; } = [];
}

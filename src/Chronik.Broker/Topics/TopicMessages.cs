using System.Globalization;

namespace Chronik.Broker.Topics;

/// <summary>What clients are told of topics, in Kafka's words: scripts look for them.</summary>
internal static class TopicMessages
{
    internal static string Exists(string name) => $"Topic '{name}' already exists.";

    internal static string HasPartitions(Topic topic, int wanted) => string.Create(
        CultureInfo.InvariantCulture,
        $"Topic currently has {topic.PartitionCount} partitions, which is higher than the requested {wanted}.");
}

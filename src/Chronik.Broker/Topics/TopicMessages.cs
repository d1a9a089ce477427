using System.Globalization;

namespace Chronik.Broker.Topics;

/// <summary>What clients are told of topics, in Kafka's words: scripts look for them.</summary>
internal static class TopicMessages
{
    internal const string UnknownTopicOrPartition = "This server does not host this topic-partition.";
    internal const string UnknownTopicId = "This server does not host this topic ID.";
    internal const string DuplicateName = "Duplicate topic name.";
    internal const string TooManyPartitions = "Excessively large number of partitions per request.";

    internal static string Exists(string name) => $"Topic '{name}' already exists.";

    internal static string DoesNotExist(string name) => $"The topic '{name}' does not exist.";

    internal static string NotTakenBack(string name) => $"What an earlier creation of topic '{name}' left when the disk failed cannot be removed yet.";

    internal static string Collides(string name, string existing) => $"Topic '{name}' collides with existing topic: {existing}";

    internal static string NoIncrease(Topic topic, int wanted) => wanted == topic.PartitionCount
        ? string.Create(CultureInfo.InvariantCulture, $"Topic already has {wanted} partition(s).")
        : string.Create(CultureInfo.InvariantCulture, $"The topic {topic.Name} currently has {topic.PartitionCount} partition(s); {wanted} would not be an increase.");

    internal static string TooFewBrokers(int replicationFactor) => string.Create(
        CultureInfo.InvariantCulture,
        $"Unable to replicate the partition {replicationFactor} time(s): The target replication factor of {replicationFactor} cannot be reached because only 1 broker(s) are registered.");
}

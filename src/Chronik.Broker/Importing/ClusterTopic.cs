using Chronik.Protocol;

namespace Chronik.Broker.Importing;

/// <summary>A topic in a cluster of Kafka.</summary>
internal sealed class ClusterTopic(TopicId id, string name)
{
    internal TopicId Id { get; } = id;

    internal string Name { get; } = name;

    internal HashSet<int> Partitions { get; } = [];
}

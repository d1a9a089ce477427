namespace Chronik.Protocol;

/// <summary>A partition of a topic, by the topic's name and the partition's index.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">The partition's index, from 0.</param>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    /// <summary>Kafka's folder name of the partition: <c>topic-0</c>.</summary>
    public override string ToString() => $"{Topic}-{Partition}";
}

using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Client;

/// <summary>What brokers say of a topic.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id; none with brokers before 3.1.</param>
/// <param name="Error">Why it cannot be used, or none.</param>
/// <param name="IsInternal">Whether it is a broker's own.</param>
/// <param name="Partitions">Its partitions, ascending by index.</param>
public sealed record TopicMetadata(
    string Name, TopicId Id, ErrorCode Error, bool IsInternal, IReadOnlyList<PartitionMetadata> Partitions)
{
    internal static TopicMetadata From(MetadataResponse.MetadataResponseTopic topic) => new(
        topic.Name ?? "",
        new TopicId(topic.TopicId),
        topic.ErrorCode,
        topic.IsInternal,
        [.. topic.Partitions.OrderBy(partition => partition.PartitionIndex).Select(From)]);

    private static PartitionMetadata From(MetadataResponse.MetadataResponsePartition partition) => new(
        partition.PartitionIndex,
        partition.ErrorCode,
        partition.LeaderId,
        partition.LeaderEpoch,
        partition.ReplicaNodes,
        partition.IsrNodes);
}

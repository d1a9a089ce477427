using Chronik.Protocol.Messages;

namespace Chronik.Client;

/// <summary>What a broker says of its cluster.</summary>
/// <param name="ClusterId">The cluster's id; null with brokers before 0.10.1.</param>
/// <param name="ControllerId">The broker that acts as controller; -1 where it is not known.</param>
/// <param name="Brokers">The brokers, ascending by id.</param>
/// <param name="Topics">The topics that were asked for, ascending by name.</param>
public sealed record ClusterMetadata(
    string? ClusterId, int ControllerId, IReadOnlyList<BrokerNode> Brokers, IReadOnlyList<TopicMetadata> Topics)
{
    internal static ClusterMetadata From(MetadataResponse response) => new(
        response.ClusterId,
        response.ControllerId,
        [.. response.Brokers.OrderBy(broker => broker.NodeId).Select(broker => new BrokerNode(broker.NodeId, new BrokerAddress(broker.Host, broker.Port), broker.Rack))],
        [.. response.Topics.OrderBy(topic => topic.Name, StringComparer.Ordinal).Select(TopicMetadata.From)]);
}

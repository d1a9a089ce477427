using Chronik.Protocol;

namespace Chronik.Broker.Importing;

/// <summary>What a cluster of Kafka holds by its metadata log (KRaft), as far as it means something here.</summary>
internal sealed class ClusterImage
{
    /// <summary>Topics by their identity.</summary>
    internal Dictionary<TopicId, ClusterTopic> Topics { get; } = [];

    /// <summary>Configs of topics: topic, name, value.</summary>
    internal Dictionary<(string Topic, string Name), string> TopicConfigs { get; } = [];

    /// <summary>Configs that were set for brokers while they ran: broker id ("" for all), name, value.</summary>
    internal Dictionary<(string Broker, string Name), string> BrokerConfigs { get; } = [];

    /// <summary>Producer ids below it are taken.</summary>
    internal long NextProducerId { get; set; }

    /// <summary>How many records there are of what is not served here, by what a user calls it.</summary>
    internal SortedDictionary<string, int> Foreign { get; } = new(StringComparer.Ordinal);
}

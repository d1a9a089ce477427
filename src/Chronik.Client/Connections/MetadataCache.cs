namespace Chronik.Client.Connections;

/// <summary>What is known of the cluster, until an error shows that it changed or it is too old.</summary>
internal sealed class MetadataCache(TimeProvider clock, TimeSpan maxAge)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (TopicMetadata Topic, long Since)> _topics = [];
    private readonly Dictionary<string, BrokerNode> _coordinators = [];
    private readonly Dictionary<int, BrokerNode> _brokers = [];
    private int? _controllerId;

    public int? ControllerId
    {
        get
        {
            lock (_gate)
                return _controllerId;
        }
    }

    /// <summary>Where brokers listen; known even when everything else was forgotten.</summary>
    public IReadOnlyList<BrokerAddress> Addresses
    {
        get
        {
            lock (_gate)
                return [.. _brokers.Values.Select(broker => broker.Address)];
        }
    }

    public void Remember(ClusterMetadata metadata)
    {
        lock (_gate)
        {
            _controllerId = metadata.ControllerId;
            _brokers.Clear();
            foreach (var broker in metadata.Brokers)
                _brokers[broker.Id] = broker;
            foreach (var topic in metadata.Topics.Where(topic => topic.Error == 0 && topic.Partitions.All(p => p.LeaderId >= 0)))
                _topics[topic.Name] = (topic, clock.GetTimestamp());
        }
    }

    public void RememberCoordinator(string groupId, BrokerNode coordinator)
    {
        lock (_gate)
            _coordinators[groupId] = coordinator;
    }

    public TopicMetadata? FindTopic(string name)
    {
        lock (_gate)
            return _topics.TryGetValue(name, out var known) && clock.GetElapsedTime(known.Since) < maxAge ? known.Topic : null;
    }

    public BrokerNode? FindCoordinator(string groupId)
    {
        lock (_gate)
            return _coordinators.GetValueOrDefault(groupId);
    }

    public BrokerNode? FindBroker(int id)
    {
        lock (_gate)
            return _brokers.GetValueOrDefault(id);
    }

    public void Forget()
    {
        lock (_gate)
        {
            _topics.Clear();
            _coordinators.Clear();
            _controllerId = null;
        }
    }
}

using Chronik.Protocol.Messages;

namespace Chronik.Broker.Fetching;

/// <summary>
/// What a client fetches, remembered between its requests, so that each says only what changed (KIP-227). Partitions that
/// had records go to the end of the order, so that none starves when an answer is full.
/// </summary>
/// <remarks>Guarded by a lock on the session itself.</remarks>
internal sealed class FetchSession
{
    private readonly HashSet<FetchTarget> _targets;

    // Replaced and never changed: requests that are under way read in the order that they began with.
    private FetchTarget[] _order;

    /// <summary>Begins with what was fetched.</summary>
    public FetchSession(int id, bool usesTopicIds, long nowMs, FetchTarget[] targets)
    {
        Id = id;
        UsesTopicIds = usesTopicIds;
        CreatedMs = LastUsedMs = nowMs;
        _targets = new HashSet<FetchTarget>(targets.Length, FetchTargetComparer.Instance);
        _order = Array.TrueForAll(targets, _targets.Add) ? targets : [.. targets.DistinctBy(static target => target.Key)];
        _targets.UnionWith(_order);
    }

    /// <summary>Its number, not 0.</summary>
    public int Id { get; }

    /// <summary>Whether partitions are named by topic ids (v13+); a client may not change that within a session.</summary>
    public bool UsesTopicIds { get; }

    /// <summary>When it began.</summary>
    public long CreatedMs { get; }

    /// <summary>When a request used it last.</summary>
    public long LastUsedMs { get; set; }

    /// <summary>The epoch that the next request must have.</summary>
    public int Epoch { get; private set; } = FetchEpoch.Next(FetchEpoch.Initial);

    /// <summary>How many partitions it holds.</summary>
    public int Count => _order.Length;

    /// <summary>The partitions in the order in which they are read.</summary>
    public FetchTarget[] Targets => _order;

    /// <summary>Takes over the changes that a request names.</summary>
    public void Update(FetchRequest request)
    {
        Epoch = FetchEpoch.Next(Epoch);
        HashSet<FetchTarget>.AlternateLookup<FetchKey> byKey = _targets.GetAlternateLookup<FetchKey>();
        var added = new List<FetchTarget>();
        foreach (FetchRequest.FetchTopic topic in request.Topics)
        {
            foreach (FetchRequest.FetchPartition partition in topic.Partitions)
            {
                var key = new FetchKey(topic.Topic, topic.TopicId, partition.Partition);
                if (!byKey.TryGetValue(key, out FetchTarget? target))
                {
                    target = new FetchTarget(key);
                    _targets.Add(target);
                    added.Add(target);
                }

                target.Update(partition);
            }
        }

        bool removed = false;
        foreach (FetchRequest.ForgottenTopic topic in request.ForgottenTopicsData)
        {
            foreach (int partition in topic.Partitions)
            {
                removed |= byKey.Remove(new FetchKey(topic.Topic, topic.TopicId, partition));
            }
        }

        if (removed || added.Count > 0)
        {
            _order = [.. _order.Concat(added).Where(_targets.Contains)];
        }
    }

    /// <summary>Those that had records let the others go first next time.</summary>
    public void MoveThoseWithRecordsToEnd()
    {
        var order = new FetchTarget[_order.Length];
        int first = 0;
        int last = order.Length;
        foreach (FetchTarget target in _order)
        {
            order[target.HasRecords ? --last : first++] = target;
            target.HasRecords = false;
        }

        // Those were put down from the end on.
        Array.Reverse(order, last, order.Length - last);
        _order = order;
    }
}

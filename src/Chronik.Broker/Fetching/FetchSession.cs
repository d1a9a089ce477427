using Chronik.Protocol.Messages;

namespace Chronik.Broker.Fetching;

/// <summary>
/// What a client fetches, remembered between its requests, so that each says only what changed (KIP-227). Partitions that
/// had records go to the end of the order, so that none starves when an answer is full.
/// </summary>
/// <remarks>Guarded by a lock on the session itself.</remarks>
internal sealed class FetchSession(int id, bool usesTopicIds, long nowMs)
{
    private readonly Dictionary<FetchKey, FetchTarget> _targets = [];
    private readonly LinkedList<FetchTarget> _order = [];

    /// <summary>Its number, not 0.</summary>
    public int Id { get; } = id;

    /// <summary>Whether partitions are named by topic ids (v13+); a client may not change that within a session.</summary>
    public bool UsesTopicIds { get; } = usesTopicIds;

    /// <summary>When it began.</summary>
    public long CreatedMs { get; } = nowMs;

    /// <summary>When a request used it last.</summary>
    public long LastUsedMs { get; set; } = nowMs;

    /// <summary>The epoch that the next request must have.</summary>
    public int Epoch { get; private set; } = FetchEpoch.Next(FetchEpoch.Initial);

    /// <summary>How many partitions it holds.</summary>
    public int Count => _targets.Count;

    /// <summary>The partitions in the order in which they are read.</summary>
    public FetchTarget[] Targets => [.. _order];

    /// <summary>Adds what was fetched when the session began.</summary>
    public void Begin(ReadOnlySpan<FetchTarget> targets)
    {
        foreach (FetchTarget target in targets)
        {
            if (_targets.TryAdd(target.Key, target))
            {
                target.Node = _order.AddLast(target);
            }
        }
    }

    /// <summary>Takes over the changes that a request names.</summary>
    public void Update(FetchRequest request)
    {
        Epoch = FetchEpoch.Next(Epoch);
        foreach (FetchRequest.FetchTopic topic in request.Topics)
        {
            foreach (FetchRequest.FetchPartition partition in topic.Partitions)
            {
                var key = new FetchKey(topic.Topic, topic.TopicId, partition.Partition);
                if (!_targets.TryGetValue(key, out FetchTarget? target))
                {
                    target = new FetchTarget(key);
                    target.Node = _order.AddLast(target);
                    _targets.Add(key, target);
                }

                target.Update(partition);
            }
        }

        foreach (FetchRequest.ForgottenTopic topic in request.ForgottenTopicsData)
        {
            foreach (int partition in topic.Partitions)
            {
                if (_targets.Remove(new FetchKey(topic.Topic, topic.TopicId, partition), out FetchTarget? target))
                {
                    _order.Remove(target.Node!);
                    target.Node = null;
                }
            }
        }
    }

    /// <summary>Lets the others go first next time.</summary>
    public void MoveToEnd(FetchTarget target)
    {
        if (target.Node is { } node)
        {
            _order.Remove(node);
            _order.AddLast(node);
        }
    }
}

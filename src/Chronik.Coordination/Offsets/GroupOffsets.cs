using Chronik.Protocol;

namespace Chronik.Coordination.Offsets;

/// <summary>
/// The offsets of one group. What is in here is durable: callers put a commit in when the catalog has it, so that nobody
/// ever reads an offset that a crash can take back. Used from one thread at a time.
/// </summary>
public sealed class GroupOffsets
{
    private readonly Dictionary<TopicPartition, CommittedOffset> _committed = [];
    private readonly Dictionary<long, Dictionary<TopicPartition, CommittedOffset>> _pendingByProducer = [];
    private readonly Dictionary<TopicPartition, int> _pendingCount = [];

    /// <summary>All committed offsets.</summary>
    public IReadOnlyDictionary<TopicPartition, CommittedOffset> Committed => _committed;

    /// <summary>Neither a committed nor a pending offset.</summary>
    public bool IsEmpty => _committed.Count == 0 && _pendingByProducer.Count == 0;

    /// <summary>The partitions that open transactions have offsets for.</summary>
    public IReadOnlyCollection<TopicPartition> Pending => _pendingCount.Keys;

    /// <summary>An open transaction will move this partition's offset when it commits.</summary>
    public bool IsPending(TopicPartition partition) => _pendingCount.ContainsKey(partition);

    /// <summary>An offset was committed; it replaces the one before, also where it is smaller.</summary>
    public void Commit(TopicPartition partition, CommittedOffset offset) => _committed[partition] = offset;

    /// <summary>An offset was deleted or has expired; false: there was none.</summary>
    public bool Remove(TopicPartition partition) => _committed.Remove(partition);

    /// <summary>A transaction of this producer commits an offset: invisible until it ends (KIP-98).</summary>
    public void AddPending(long producerId, TopicPartition partition, CommittedOffset offset)
    {
        if (!_pendingByProducer.TryGetValue(producerId, out var pending))
            _pendingByProducer.Add(producerId, pending = []);
        if (!pending.ContainsKey(partition))
            _pendingCount[partition] = _pendingCount.GetValueOrDefault(partition) + 1;
        pending[partition] = offset;
    }

    /// <summary>What a producer's transaction would commit.</summary>
    public IReadOnlyDictionary<TopicPartition, CommittedOffset> PendingOf(long producerId) =>
        _pendingByProducer.TryGetValue(producerId, out var pending) ? pending : new Dictionary<TopicPartition, CommittedOffset>();

    /// <summary>A producer's transaction ended: its offsets count, or are forgotten.</summary>
    public void EndTransaction(long producerId, bool committed)
    {
        if (!_pendingByProducer.Remove(producerId, out var pending))
            return;
        foreach (var (partition, offset) in pending)
        {
            if (committed)
                _committed[partition] = offset;
            if (_pendingCount[partition] == 1)
                _pendingCount.Remove(partition);
            else
                _pendingCount[partition]--;
        }
    }

    /// <summary>A topic is gone, and with it what was committed or was to be committed for it.</summary>
    public void RemoveTopic(string topic)
    {
        foreach (var partition in _committed.Keys.Where(partition => partition.Topic == topic).ToList())
            _committed.Remove(partition);
        foreach (var pending in _pendingByProducer.Values)
        {
            foreach (var partition in pending.Keys.Where(partition => partition.Topic == topic).ToList())
                pending.Remove(partition);
        }

        foreach (var partition in _pendingCount.Keys.Where(partition => partition.Topic == topic).ToList())
            _pendingCount.Remove(partition);
    }
}

using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>
/// Balances a group in which all members subscribe to the same topics: everyone gets the minimum quota or one more.
/// Members keep what they owned up to their quota; what is left is dealt out in a circle, near partitions first.
/// </summary>
internal sealed class EqualSubscriptionsBalancer
{
    private readonly GroupSubscription _group;
    private readonly PreviousOwners _previous;
    private readonly StickyRacks _racks;
    private readonly Dictionary<string, List<TopicPartition>> _assignment = new(StringComparer.Ordinal);
    private readonly Dictionary<TopicPartition, string> _revoked = [];
    private readonly List<string> _belowQuota = [];
    private readonly List<string> _atQuota = [];
    private readonly int _quotaMin;
    private readonly int _quotaMax;
    private readonly int _overQuotaMax;
    private int _overQuota;

    public EqualSubscriptionsBalancer(GroupSubscription group, PreviousOwners previous, StickyRacks racks)
    {
        _group = group;
        _previous = previous;
        _racks = racks;
        (_quotaMin, _overQuotaMax) = Math.DivRem(group.Topics.Sum(topic => topic.Value.PartitionCount), group.Members.Count);
        _quotaMax = _quotaMin + (_overQuotaMax > 0 ? 1 : 0);
    }

    /// <summary>The partitions that go from one member to another, with the member that gets them.</summary>
    public Dictionary<TopicPartition, string> Moving { get; } = [];

    public Dictionary<string, List<TopicPartition>> Balance()
    {
        foreach (var member in _group.Members)
            KeepOwned(member.MemberId);
        _belowQuota.Sort(StringComparer.Ordinal);
        _atQuota.Sort(StringComparer.Ordinal);

        var unassigned = FindUnassigned();
        if (_racks.Matter)
            unassigned = AssignNear(unassigned.OrderBy(_racks.CountNear));
        AssignInCircle(unassigned);
        if (_belowQuota.Exists(memberId => _assignment[memberId].Count != _quotaMin))
            throw new AssignmentException("The partitions ran out before every member had its quota.");
        return _assignment;
    }

    private void KeepOwned(string memberId)
    {
        var owned = new List<TopicPartition>();
        foreach (var partition in _previous.Owned[memberId])
        {
            if (_racks.AreApart(memberId, partition))
                _revoked[partition] = memberId;
            else if (!_previous.DoublyClaimed.Contains(partition))
                owned.Add(partition);
        }

        owned.Sort(ByPartitionThenTopic);
        var kept = owned.Count;
        if (owned.Count < _quotaMin)
        {
            _belowQuota.Add(memberId);
        }
        else if (owned.Count >= _quotaMax && _overQuota < _overQuotaMax)
        {
            kept = _quotaMax;
            CountOverQuota();
        }
        else
        {
            kept = _quotaMin;
            if (_overQuota < _overQuotaMax)
                _atQuota.Add(memberId);
        }

        foreach (var partition in owned.Skip(kept))
            _revoked[partition] = memberId;
        owned.RemoveRange(kept, owned.Count - kept);
        _assignment.Add(memberId, owned);
    }

    /// <summary>When enough members have one more than the minimum, those at the minimum have all they get.</summary>
    private void CountOverQuota()
    {
        if (++_overQuota == _overQuotaMax)
            _atQuota.Clear();
    }

    private List<TopicPartition> FindUnassigned()
    {
        var assigned = _assignment.Values.SelectMany(own => own).ToHashSet();
        return
        [
            .. from topic in _group.Topics.OrderBy(topic => topic.Key, StringComparer.Ordinal)
               from index in Enumerable.Range(0, topic.Value.PartitionCount)
               let partition = new TopicPartition(topic.Key, index)
               where !assigned.Contains(partition)
               select partition
        ];
    }

    /// <summary>Deals partitions to members in the same rack, and returns those for which there was none with room.</summary>
    private List<TopicPartition> AssignNear(IEnumerable<TopicPartition> unassigned)
    {
        var left = new List<TopicPartition>();
        var next = 0;
        foreach (var partition in unassigned)
        {
            var index = FindNear(partition, _belowQuota, next);
            if (index >= 0)
            {
                var memberId = _belowQuota[index];
                next = TakeFromBelowQuota(memberId, index);
                Assign(partition, memberId);
            }
            else if ((index = FindNear(partition, _atQuota, 0)) >= 0)
            {
                var memberId = _atQuota[index];
                if (_assignment[memberId].Count + 1 == _quotaMax)
                {
                    _atQuota.RemoveAt(index);
                    CountOverQuota();
                }

                Assign(partition, memberId);
            }
            else
            {
                left.Add(partition);
            }
        }

        return left;
    }

    /// <summary>Accounts for one more partition of a member below quota; returns where the circle goes on.</summary>
    private int TakeFromBelowQuota(string memberId, int index)
    {
        var count = _assignment[memberId].Count + 1;
        if (count >= _quotaMin)
        {
            _belowQuota.RemoveAt(index);
            if (count < _quotaMax && _overQuota < _overQuotaMax)
                _atQuota.Add(memberId);
        }
        else
        {
            index++;
        }

        return _belowQuota.Count == 0 ? 0 : index % _belowQuota.Count;
    }

    private int FindNear(TopicPartition partition, List<string> memberIds, int from)
    {
        for (var i = 0; i < memberIds.Count; i++)
        {
            var index = (from + i) % memberIds.Count;
            if (_racks.AreTogether(memberIds[index], partition))
                return index;
        }

        return -1;
    }

    private void AssignInCircle(List<TopicPartition> unassigned)
    {
        var next = 0;
        foreach (var partition in unassigned)
        {
            if (next >= _belowQuota.Count)
                next = 0;
            string memberId;
            if (_belowQuota.Count > 0)
            {
                memberId = _belowQuota[next++];
            }
            else if (_atQuota.Count > 0)
            {
                memberId = _atQuota[0];
                _atQuota.RemoveAt(0);
            }
            else
            {
                throw new AssignmentException($"Every member has its quota, but {partition} is left.");
            }

            var count = Assign(partition, memberId);
            if (count == _quotaMin)
            {
                _belowQuota.RemoveAt(--next);
                _atQuota.Add(memberId);
            }
            else if (count == _quotaMax)
            {
                _overQuota++;
            }
        }
    }

    private int Assign(TopicPartition partition, string memberId)
    {
        if (_previous.DoublyClaimed.Contains(partition)
            || (_revoked.TryGetValue(partition, out var revokedFrom) && !string.Equals(revokedFrom, memberId, StringComparison.Ordinal)))
        {
            Moving[partition] = memberId;
        }

        _assignment[memberId].Add(partition);
        return _assignment[memberId].Count;
    }

    private static int ByPartitionThenTopic(TopicPartition a, TopicPartition b)
    {
        var byPartition = a.Partition.CompareTo(b.Partition);
        return byPartition != 0 ? byPartition : string.CompareOrdinal(a.Topic, b.Topic);
    }
}

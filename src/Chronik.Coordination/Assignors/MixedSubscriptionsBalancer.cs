using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>
/// Balances a group whose members subscribe to different topics: keeps what is valid, gives each free partition to the
/// subscriber with the fewest, then moves partitions one by one as long as that makes the group more even.
/// </summary>
internal sealed class MixedSubscriptionsBalancer
{
    private readonly GroupSubscription _group;
    private readonly PreviousOwners _previous;
    private readonly StickyRacks _racks;
    private readonly Dictionary<string, MixedTopic> _topics;
    private readonly Dictionary<string, MixedMember> _members;
    private readonly SortedSet<MixedMember> _byLoad = new(MixedMember.ByLoad);
    private readonly int _partitionCount;
    private bool _someoneLost;

    public MixedSubscriptionsBalancer(GroupSubscription group, PreviousOwners previous, StickyRacks racks)
    {
        _group = group;
        _previous = previous;
        _racks = racks;
        _topics = group.Topics.ToDictionary(topic => topic.Key, topic => new MixedTopic(topic.Key, topic.Value.PartitionCount), StringComparer.Ordinal);
        _partitionCount = group.Topics.Sum(topic => topic.Value.PartitionCount);
        _members = group.Members.ToDictionary(member => member.MemberId, member => new MixedMember(member.MemberId), StringComparer.Ordinal);
        foreach (var subscription in group.Members)
        {
            var member = _members[subscription.MemberId];
            foreach (var name in subscription.Topics)
            {
                if (_topics.TryGetValue(name, out var topic))
                    member.Subscribe(topic);
            }

            member.PartitionCountMax = member.Topics.Count == _topics.Count
                ? _partitionCount
                : member.Topics.Sum(topic => topic.PartitionCount);
        }
    }

    public Dictionary<string, List<TopicPartition>> Balance()
    {
        KeepOwned();
        var all = _topics.Values
            .OrderBy(topic => topic.Subscribers.Count)
            .ThenBy(topic => topic.Name, StringComparer.Ordinal)
            .SelectMany(topic => Enumerable.Range(0, topic.PartitionCount).Select(index => new MixedPartition(topic, index)))
            .ToList();
        var free = all.Where(partition => partition.Owner is null).ToList();
        _byLoad.UnionWith(_members.Values);
        var isFirst = _byLoad.Max!.Partitions.Count == 0;
        AssignFree(free);

        foreach (var member in _members.Values.Where(HasNothingToMove))
        {
            _byLoad.Remove(member);
            member.IsFixed = true;
        }

        var before = _byLoad.Select(member => (Member: member, Partitions: member.Partitions.ToList())).ToList();
        var mover = new PartitionMover(_byLoad, ClaimsOfOlderGenerations());
        if (!_someoneLost)
            mover.Move(free.Where(partition => partition.Topic.CanMove).ToList());
        var moved = mover.Move(all.Where(partition => partition.Topic.CanMove).ToList());

        if (!isFirst && moved && Unevenness(_byLoad.Select(m => m.Partitions.Count)) >= Unevenness(before.Select(m => m.Partitions.Count)))
        {
            foreach (var (member, partitions) in before)
                member.Partitions = partitions;
        }

        return _members.ToDictionary(
            member => member.Key,
            member => member.Value.Partitions.Select(partition => partition.Named).ToList(),
            StringComparer.Ordinal);
    }

    private void KeepOwned()
    {
        foreach (var subscription in _group.Members)
        {
            var member = _members[subscription.MemberId];
            foreach (var owned in _previous.Owned[member.Id])
            {
                var partition = new MixedPartition(_topics[owned.Topic], owned.Partition);
                if (!member.Subscribes(partition.Topic) || _racks.AreApart(member.Id, owned))
                {
                    _someoneLost = true;
                    continue;
                }

                member.Partitions.Add(partition);
                partition.Owner = member;
            }
        }
    }

    private void AssignFree(List<MixedPartition> free)
    {
        foreach (var partition in free)
        {
            if (_racks.Matter)
                TryAssign(partition, nearOnly: true);
        }

        foreach (var partition in free)
        {
            if (partition.Owner is null)
                TryAssign(partition, nearOnly: false);
        }
    }

    private void TryAssign(MixedPartition partition, bool nearOnly)
    {
        foreach (var member in _byLoad)
        {
            if (!member.Subscribes(partition.Topic) || (nearOnly && _racks.AreApart(member.Id, partition.Named)))
                continue;
            _byLoad.Remove(member);
            member.Partitions.Add(partition);
            partition.Owner = member;
            _byLoad.Add(member);
            return;
        }
    }

    private static bool HasNothingToMove(MixedMember member) =>
        member.Partitions.Count >= member.PartitionCountMax && !member.Partitions.Exists(partition => partition.Topic.CanMove);

    /// <summary>Who had a partition in the newest generation before the last: it goes back there rather than to a third.</summary>
    private Dictionary<MixedPartition, MixedMember> ClaimsOfOlderGenerations()
    {
        var newest = new Dictionary<MixedPartition, (MixedMember Member, int Generation)>();
        foreach (var (subscription, claim) in _previous.Claims)
        {
            var generation = claim.Generation ?? PreviousClaim.NoGeneration;
            if (generation >= _previous.GenerationMax)
                continue;
            foreach (var claimed in claim.Partitions)
            {
                if (!_topics.TryGetValue(claimed.Topic, out var topic))
                    continue;
                var partition = new MixedPartition(topic, claimed.Partition);
                if (!newest.TryGetValue(partition, out var known) || generation > known.Generation)
                    newest[partition] = (_members[subscription.MemberId], generation);
            }
        }

        return newest.ToDictionary(pair => pair.Key, pair => pair.Value.Member);
    }

    /// <summary>The sum of the differences of all pairs; it may wrap around, as the Java client's does.</summary>
    private static int Unevenness(IEnumerable<int> counts)
    {
        var sum = 0;
        var smallerSum = 0;
        var smaller = 0;
        foreach (var count in counts.Order())
        {
            unchecked
            {
                sum += (count * smaller) - smallerSum;
                smallerSum += count;
            }

            smaller++;
        }

        return sum;
    }
}

namespace Chronik.Coordination.Assignors;

/// <summary>Moves partitions from members with many to members with few until the group is even.</summary>
internal sealed class PartitionMover(
    SortedSet<MixedMember> byLoad,
    Dictionary<MixedPartition, MixedMember> olderOwners)
{
    private readonly PartitionMoves _moves = new();
    private bool _isEven;
    private bool _isKnown;

    /// <summary>Goes over the partitions again and again until nothing improves any more.</summary>
    /// <returns>True when something was moved.</returns>
    public bool Move(List<MixedPartition> partitions)
    {
        var movedAny = false;
        bool moved;
        do
        {
            moved = false;
            foreach (var partition in partitions)
            {
                if (IsEven())
                    break;
                moved |= TryMove(partition);
            }

            movedAny |= moved;
        }
        while (moved);

        return movedAny;
    }

    private bool TryMove(MixedPartition partition)
    {
        var owner = partition.Owner!;
        if (olderOwners.TryGetValue(partition, out var older)
            && !older.IsFixed
            && older.Subscribes(partition.Topic)
            && owner.Partitions.Count > older.Partitions.Count + 1)
        {
            Move(partition, owner, older);
            return true;
        }

        // Whoever it was that has room: the partition goes to the subscriber with the fewest.
        if (!partition.Topic.Subscribers.Exists(other => owner.Partitions.Count > other.Partitions.Count + 1))
            return false;
        Move(partition, owner, byLoad.First(member => member.Subscribes(partition.Topic)));
        return true;
    }

    private void Move(MixedPartition wanted, MixedMember owner, MixedMember target)
    {
        var partition = _moves.ChooseInstead(wanted, owner, target);
        var source = partition.Owner!;
        byLoad.Remove(source);
        byLoad.Remove(target);
        _moves.Record(partition, source, target);
        source.Partitions.Remove(partition);
        target.Partitions.Add(partition);
        partition.Owner = target;
        byLoad.Add(target);
        byLoad.Add(source);
        _isKnown = false;
    }

    /// <summary>True when no member could take a partition from one that has at least two more.</summary>
    private bool IsEven()
    {
        if (!_isKnown)
        {
            _isEven = ComputeIsEven();
            _isKnown = true;
        }

        return _isEven;
    }

    private bool ComputeIsEven()
    {
        if (byLoad.Count == 0 || byLoad.Min!.Partitions.Count >= byLoad.Max!.Partitions.Count - 1)
            return true;
        var heaviest = new Dictionary<MixedTopic, int>();
        foreach (var member in byLoad)
        {
            var count = member.Partitions.Count;
            if (count == member.PartitionCountMax)
                continue;
            foreach (var topic in member.Topics)
            {
                if (!heaviest.TryGetValue(topic, out var most))
                    heaviest.Add(topic, most = topic.Owners.Max(owner => owner!.Partitions.Count));
                if (count + 1 < most)
                    return false;
            }
        }

        return true;
    }
}

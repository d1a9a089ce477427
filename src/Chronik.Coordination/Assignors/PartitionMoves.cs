namespace Chronik.Coordination.Assignors;

/// <summary>
/// The moves of one balancing. When a partition is about to go from A to B while another of the same topic went from
/// B to A before, it is better to send that one back.
/// </summary>
internal sealed class PartitionMoves
{
    private readonly Dictionary<MixedPartition, (MixedMember From, MixedMember To)> _moves = [];
    private readonly Dictionary<(MixedTopic Topic, MixedMember From, MixedMember To), JavaHashSet<MixedPartition>> _byPair = [];

    public MixedPartition ChooseInstead(MixedPartition partition, MixedMember from, MixedMember to)
    {
        var origin = _moves.TryGetValue(partition, out var earlier) ? earlier.From : from;
        return _byPair.TryGetValue((partition.Topic, to, origin), out var opposite) ? opposite.First() : partition;
    }

    public void Record(MixedPartition partition, MixedMember from, MixedMember to)
    {
        if (!_moves.Remove(partition, out var earlier))
        {
            Add(partition, from, to);
            return;
        }

        var pair = (partition.Topic, earlier.From, earlier.To);
        _byPair[pair].Remove(partition);
        if (_byPair[pair].Count == 0)
            _byPair.Remove(pair);
        if (earlier.From != to)
            Add(partition, earlier.From, to);
    }

    private void Add(MixedPartition partition, MixedMember from, MixedMember to)
    {
        _moves.Add(partition, (from, to));
        if (!_byPair.TryGetValue((partition.Topic, from, to), out var moved))
            _byPair.Add((partition.Topic, from, to), moved = new JavaHashSet<MixedPartition>(p => p.GetHashCode()));
        moved.Add(partition);
    }
}

using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>Which members are near to which partitions (KIP-881); knows nothing where racks do not matter.</summary>
internal sealed class StickyRacks
{
    private readonly Dictionary<string, string> _memberRacks = new(StringComparer.Ordinal);
    private readonly Dictionary<TopicPartition, IReadOnlySet<string>> _partitionRacks = [];
    private readonly Dictionary<string, int> _membersByRack = new(StringComparer.Ordinal);

    public StickyRacks(GroupSubscription group)
    {
        foreach (var member in group.Members)
        {
            if (member.RackId is { } rack)
                _membersByRack[rack] = _membersByRack.GetValueOrDefault(rack) + 1;
        }

        if (_membersByRack.Count == 0)
            return;
        foreach (var (topic, layout) in group.Topics)
        {
            for (var p = 0; p < layout.PartitionCount; p++)
                _partitionRacks.Add(new TopicPartition(topic, p), RackAwareness.OfPartition(layout, p));
        }

        if (!RackAwareness.Matters(_membersByRack.Keys.ToHashSet(StringComparer.Ordinal), _partitionRacks.Values))
        {
            _partitionRacks.Clear();
            return;
        }

        foreach (var member in group.Members)
        {
            if (member.RackId is { } rack)
                _memberRacks.Add(member.MemberId, rack);
        }
    }

    public bool Matter => _memberRacks.Count > 0;

    /// <summary>True when the member has a rack, and no replica of the partition is in it.</summary>
    public bool AreApart(string memberId, TopicPartition partition) =>
        _memberRacks.TryGetValue(memberId, out var rack) && !_partitionRacks[partition].Contains(rack);

    /// <summary>True when the member has a rack, and a replica of the partition is in it.</summary>
    public bool AreTogether(string memberId, TopicPartition partition) =>
        _memberRacks.TryGetValue(memberId, out var rack) && _partitionRacks[partition].Contains(rack);

    /// <summary>How many members are near to the partition.</summary>
    public int CountNear(TopicPartition partition) =>
        _partitionRacks[partition].Sum(rack => _membersByRack.GetValueOrDefault(rack));
}

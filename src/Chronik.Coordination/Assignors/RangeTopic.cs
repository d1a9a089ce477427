using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>A topic while the range assignor divides it.</summary>
internal sealed class RangeTopic
{
    private readonly IReadOnlySet<string>[] _racks;
    private readonly SortedSet<int> _unassigned;
    private readonly Dictionary<string, int> _assigned;
    private readonly int _quota;
    private int _extras;

    public RangeTopic(string name, TopicLayout layout, IEnumerable<MemberSubscription> members)
    {
        Name = name;
        Members = members.Order(MemberSubscription.ByIdentity).ToList();
        _assigned = Members.ToDictionary(member => member.MemberId, _ => 0, StringComparer.Ordinal);
        _unassigned = [.. Enumerable.Range(0, layout.PartitionCount)];
        (_quota, _extras) = Math.DivRem(layout.PartitionCount, Members.Count);

        var memberRacks = Members.Where(member => member.RackId is not null).Select(member => member.RackId!).ToHashSet(StringComparer.Ordinal);
        _racks = memberRacks.Count == 0
            ? []
            : Enumerable.Range(0, layout.PartitionCount).Select(p => RackAwareness.OfPartition(layout, p)).ToArray();
        IsRackAware = RackAwareness.Matters(memberRacks, _racks);
    }

    public string Name { get; }

    /// <summary>The members that subscribe to it, in the order in which ranges are dealt.</summary>
    public IReadOnlyList<MemberSubscription> Members { get; }

    public bool IsRackAware { get; }

    /// <summary>How many partitions have known racks: topics with equal numbers are divided alike.</summary>
    public int RackedPartitionCount => _racks.Length;

    public bool IsNear(MemberSubscription member, int partition) =>
        member.RackId is null || (partition < _racks.Length && _racks[partition].Contains(member.RackId));

    /// <summary>How many more partitions the member may get.</summary>
    public int Room(MemberSubscription member) => Math.Max(0, _quota + (_extras > 0 ? 1 : 0) - _assigned[member.MemberId]);

    /// <summary>Gives each member in turn the next partitions, as many as it may have.</summary>
    public void AssignRanges(bool nearOnly, Dictionary<string, List<TopicPartition>> assignment)
    {
        foreach (var member in Members)
        {
            if (_unassigned.Count == 0)
                return;
            var range = _unassigned.Where(p => !nearOnly || IsNear(member, p)).Take(Room(member)).ToList();
            if (range.Count > 0)
                Assign(member, range, assignment);
        }
    }

    public void Assign(MemberSubscription member, IReadOnlyCollection<int> partitions, Dictionary<string, List<TopicPartition>> assignment)
    {
        var own = assignment[member.MemberId];
        foreach (var partition in partitions)
        {
            own.Add(new TopicPartition(Name, partition));
            _unassigned.Remove(partition);
        }

        if ((_assigned[member.MemberId] += partitions.Count) > _quota)
            _extras--;
    }
}

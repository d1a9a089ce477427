namespace Chronik.Coordination.Assignors;

/// <summary>A member of a group whose members subscribe to different topics.</summary>
internal sealed class MixedMember(string id)
{
    private readonly HashSet<MixedTopic> _subscribed = [];

    public string Id => id;

    /// <summary>The existing topics that it subscribes to.</summary>
    public List<MixedTopic> Topics { get; } = [];

    /// <summary>What it has for now.</summary>
    public List<MixedPartition> Partitions { get; set; } = [];

    /// <summary>How many partitions its topics have together.</summary>
    public int PartitionCountMax { get; set; }

    /// <summary>True for a member that takes no part in balancing, as nothing of its own can move.</summary>
    public bool IsFixed { get; set; }

    public void Subscribe(MixedTopic topic)
    {
        Topics.Add(topic);
        _subscribed.Add(topic);
        topic.Subscribers.Add(this);
    }

    public bool Subscribes(MixedTopic topic) => _subscribed.Contains(topic);

    /// <summary>Those with the fewest partitions first.</summary>
    public static IComparer<MixedMember> ByLoad { get; } = Comparer<MixedMember>.Create((a, b) =>
    {
        var byCount = a.Partitions.Count.CompareTo(b.Partitions.Count);
        return byCount != 0 ? byCount : string.CompareOrdinal(a.Id, b.Id);
    });
}

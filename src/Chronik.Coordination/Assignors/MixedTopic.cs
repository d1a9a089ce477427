namespace Chronik.Coordination.Assignors;

/// <summary>A topic of a group whose members subscribe to different topics.</summary>
internal sealed class MixedTopic(string name, int partitionCount)
{
    public string Name => name;

    public int PartitionCount => partitionCount;

    public int JavaHashCode { get; } = JavaHash.Of(name);

    /// <summary>Who subscribes to it.</summary>
    public List<MixedMember> Subscribers { get; } = [];

    /// <summary>Who has each partition, null as long as nobody has.</summary>
    public MixedMember?[] Owners { get; } = new MixedMember?[partitionCount];

    /// <summary>With one subscriber there is nothing to balance.</summary>
    public bool CanMove => Subscribers.Count >= 2;
}

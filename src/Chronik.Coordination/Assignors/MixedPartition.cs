using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>A partition of a <see cref="MixedTopic"/>.</summary>
internal readonly record struct MixedPartition(MixedTopic Topic, int Index)
{
    public MixedMember? Owner
    {
        get => Topic.Owners[Index];
        set => Topic.Owners[Index] = value;
    }

    public TopicPartition Named => new(Topic.Name, Index);

    public bool Equals(MixedPartition other) => ReferenceEquals(Topic, other.Topic) && Index == other.Index;

    public override int GetHashCode() => unchecked((31 * (31 + Index)) + Topic.JavaHashCode);
}

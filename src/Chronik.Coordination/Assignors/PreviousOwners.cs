using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>Who owned which partition before, with conflicting claims settled by generation (KIP-341, KIP-792).</summary>
internal sealed class PreviousOwners
{
    private readonly Dictionary<string, int> _partitionCounts;
    private readonly Dictionary<TopicPartition, MemberSubscription> _owners = [];

    public PreviousOwners(GroupSubscription group, Func<MemberSubscription, PreviousClaim> claimOf)
    {
        _partitionCounts = group.Topics.ToDictionary(topic => topic.Key, topic => topic.Value.PartitionCount, StringComparer.Ordinal);
        HashSet<string>? common = null;
        foreach (var member in group.Members)
        {
            common ??= new HashSet<string>(member.Topics, StringComparer.Ordinal);
            if (member.Topics.Count != common.Count || !common.IsSupersetOf(member.Topics))
                SubscriptionsAreEqual = false;

            var claim = claimOf(member);
            Claims.Add((member, claim));
            GenerationMax = Math.Max(GenerationMax, claim.Generation ?? PreviousClaim.NoGeneration);
            Owned.Add(member.MemberId, []);
            Settle(member, claim);
        }
    }

    /// <summary>True when all members subscribe to the same topics.</summary>
    public bool SubscriptionsAreEqual { get; } = true;

    /// <summary>The newest generation that anybody claims from.</summary>
    public int GenerationMax { get; } = PreviousClaim.NoGeneration;

    /// <summary>All claims as made, in the order of the members.</summary>
    public List<(MemberSubscription Member, PreviousClaim Claim)> Claims { get; } = [];

    /// <summary>The claims that hold, by member id.</summary>
    public Dictionary<string, List<TopicPartition>> Owned { get; } = new(StringComparer.Ordinal);

    /// <summary>Partitions that two members claim from the same generation: nobody keeps them.</summary>
    public HashSet<TopicPartition> DoublyClaimed { get; } = [];

    /// <summary>Whose claim on the partition holds, or null where none does.</summary>
    public MemberSubscription? OwnerOf(TopicPartition partition) =>
        DoublyClaimed.Contains(partition) ? null : _owners.GetValueOrDefault(partition);

    private void Settle(MemberSubscription member, PreviousClaim claim)
    {
        var generation = claim.Generation ?? PreviousClaim.NoGeneration;
        foreach (var partition in claim.Partitions)
        {
            if (!Exists(partition))
                continue;
            if (!_owners.TryGetValue(partition, out var other))
            {
                _owners.Add(partition, member);
                Owned[member.MemberId].Add(partition);
                continue;
            }

            // The Java client compares with the generation in the other's subscription, not in its user data.
            var otherGeneration = other.Generation ?? PreviousClaim.NoGeneration;
            if (generation < otherGeneration)
                continue;
            if (generation == otherGeneration)
                DoublyClaimed.Add(partition);
            else
                Owned[member.MemberId].Add(partition);
            Owned[other.MemberId].Remove(partition);
            _owners[partition] = member;
        }
    }

    private bool Exists(TopicPartition partition) =>
        _partitionCounts.TryGetValue(partition.Topic, out var count) && partition.Partition >= 0 && partition.Partition < count;
}

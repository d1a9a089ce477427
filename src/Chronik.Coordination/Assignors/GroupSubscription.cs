namespace Chronik.Coordination.Assignors;

/// <summary>The input of an assignor, decoded and in the order in which a Java leader would walk it.</summary>
/// <param name="Members">All members, in the order of a hash map of member ids.</param>
/// <param name="Topics">The topics that somebody subscribes to and that have partitions, in the order of a hash map.</param>
internal sealed record GroupSubscription(
    IReadOnlyList<MemberSubscription> Members,
    IReadOnlyList<KeyValuePair<string, TopicLayout>> Topics)
{
    public static GroupSubscription Decode(AssignmentInput input)
    {
        var byId = new Dictionary<string, MemberSubscription>(StringComparer.Ordinal);
        foreach (var member in input.Members)
            byId[member.MemberId] = SubscriptionCodec.ReadSubscription(member);
        var members = JavaHashSet<string>.Of(input.Members.Select(member => member.MemberId), JavaHash.Of)
            .Select(id => byId[id])
            .ToList();

        var subscribed = JavaHashSet<string>.Of(members.SelectMany(member => member.Topics), JavaHash.Of);
        var existing = subscribed.Where(topic => input.Topics.TryGetValue(topic, out var layout) && layout.PartitionCount > 0);
        var topics = JavaHashSet<string>.Of(existing, JavaHash.Of)
            .Select(topic => KeyValuePair.Create(topic, input.Topics[topic]))
            .ToList();
        return new GroupSubscription(members, topics);
    }
}

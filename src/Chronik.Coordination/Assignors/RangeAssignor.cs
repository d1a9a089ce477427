using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>
/// Gives each member of a topic a run of neighbouring partitions, topic by topic. Where racks matter (KIP-881), members
/// first get partitions near to them, and topics with the same members and partition count are divided alike, so that
/// equal keys of co-partitioned topics stay together.
/// </summary>
internal sealed class RangeAssignor : PartitionAssignor
{
    public override string Name => "range";

    protected override Dictionary<string, List<TopicPartition>> AssignPartitions(GroupSubscription group)
    {
        var assignment = group.Members.ToDictionary(member => member.MemberId, _ => new List<TopicPartition>(), StringComparer.Ordinal);
        var subscribers = new Dictionary<string, HashSet<MemberSubscription>>(StringComparer.Ordinal);
        foreach (var (topic, _) in group.Topics)
            subscribers.Add(topic, new HashSet<MemberSubscription>(ReferenceEqualityComparer.Instance));
        foreach (var member in group.Members)
        {
            foreach (var topic in member.Topics)
                subscribers.GetValueOrDefault(topic)?.Add(member);
        }

        var topics = group.Topics.Select(topic => new RangeTopic(topic.Key, topic.Value, subscribers[topic.Key])).ToList();
        var rackAware = topics.Exists(topic => topic.IsRackAware);
        if (rackAware)
            AssignNear(topics, assignment);
        foreach (var topic in topics)
            topic.AssignRanges(nearOnly: false, assignment);
        if (rackAware)
        {
            foreach (var own in assignment.Values)
                own.Sort(ByTopicThenPartition);
        }

        return assignment;
    }

    private static void AssignNear(IEnumerable<RangeTopic> topics, Dictionary<string, List<TopicPartition>> assignment)
    {
        var coPartitioned = topics.GroupBy(
            topic => (Members: string.Join('\0', topic.Members.Select(member => member.MemberId)), topic.RackedPartitionCount));
        foreach (var group in coPartitioned)
        {
            var alike = group.ToList();
            if (alike.Count > 1)
                AssignNearTogether(alike, assignment);
            else if (alike[0].IsRackAware)
                alike[0].AssignRanges(nearOnly: true, assignment);
        }
    }

    private static void AssignNearTogether(List<RangeTopic> topics, Dictionary<string, List<TopicPartition>> assignment)
    {
        var open = topics[0].Members.ToList();
        for (var p = 0; p < topics[0].RackedPartitionCount && open.Count > 0; p++)
        {
            var partition = p;
            var member = open.Find(m => topics.TrueForAll(topic => topic.IsNear(m, partition) && topic.Room(m) > 0));
            if (member is null)
                continue;
            foreach (var topic in topics)
                topic.Assign(member, [partition], assignment);
            if (topics.TrueForAll(topic => topic.Room(member) == 0))
                open.Remove(member);
        }
    }

    private static int ByTopicThenPartition(TopicPartition a, TopicPartition b)
    {
        var byTopic = string.CompareOrdinal(a.Topic, b.Topic);
        return byTopic != 0 ? byTopic : a.Partition.CompareTo(b.Partition);
    }
}

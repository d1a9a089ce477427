using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>Deals all partitions of all topics, in order, to the members in a circle; who does not subscribe is passed over.</summary>
internal sealed class RoundRobinAssignor : PartitionAssignor
{
    public override string Name => "roundrobin";

    protected override Dictionary<string, List<TopicPartition>> AssignPartitions(GroupSubscription group)
    {
        var assignment = group.Members.ToDictionary(member => member.MemberId, _ => new List<TopicPartition>(), StringComparer.Ordinal);
        var circle = group.Members.Order(MemberSubscription.ByIdentity).ToArray();
        var next = 0;
        foreach (var (topic, layout) in group.Topics.OrderBy(topic => topic.Key, StringComparer.Ordinal))
        {
            for (var partition = 0; partition < layout.PartitionCount; partition++)
            {
                while (!circle[next].Subscribes(topic))
                    next = (next + 1) % circle.Length;
                assignment[circle[next].MemberId].Add(new TopicPartition(topic, partition));
                next = (next + 1) % circle.Length;
            }
        }

        return assignment;
    }
}

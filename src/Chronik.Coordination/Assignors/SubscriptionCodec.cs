using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Coordination.Assignors;

/// <summary>Between the bytes of the consumer protocol and what assignors work on.</summary>
internal static class SubscriptionCodec
{
    /// <summary>The newest version; every client since 0.9 reads it, as newer fields are only ever appended.</summary>
    private const short AssignmentVersion = 3;

    /// <exception cref="AssignmentException">The bytes are no subscription.</exception>
    public static MemberSubscription ReadSubscription(AssignmentMember member)
    {
        try
        {
            var subscription = ConsumerProtocol.ReadSubscription(member.Subscription);
            return new MemberSubscription(
                member.MemberId,
                member.GroupInstanceId,
                subscription.Topics,
                [.. subscription.OwnedPartitions.SelectMany(topic => topic.Partitions.Select(index => new TopicPartition(topic.Topic, index)))],
                subscription.GenerationId < 0 ? null : subscription.GenerationId,
                string.IsNullOrEmpty(subscription.RackId) ? null : subscription.RackId,
                subscription.UserData);
        }
        catch (ProtocolException e)
        {
            throw new AssignmentException($"The subscription of member {member.MemberId} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Writes an assignment; topics in the order of their first partition.</summary>
    public static ReadOnlyMemory<byte> WriteAssignment(IReadOnlyList<TopicPartition> partitions)
    {
        var assignment = new ConsumerProtocolAssignment();
        var byTopic = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        foreach (var partition in partitions)
        {
            if (!byTopic.TryGetValue(partition.Topic, out var indexes))
            {
                byTopic.Add(partition.Topic, indexes = []);
                assignment.AssignedPartitions.Add(new() { Topic = partition.Topic, Partitions = indexes });
            }

            indexes.Add(partition.Partition);
        }

        return ConsumerProtocol.Write(assignment, AssignmentVersion);
    }
}

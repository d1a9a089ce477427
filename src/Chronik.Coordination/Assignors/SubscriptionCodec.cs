using System.Buffers.Binary;
using System.Text;
using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>Reads <c>ConsumerProtocolSubscription</c> and writes <c>ConsumerProtocolAssignment</c>.</summary>
internal static class SubscriptionCodec
{
    /// <summary>The newest version of both; every client since 0.10 reads it, newer fields are only ever appended.</summary>
    public const short HighestVersion = 3;

    /// <exception cref="AssignmentException">The bytes are no subscription.</exception>
    public static MemberSubscription ReadSubscription(AssignmentMember member)
    {
        try
        {
            var reader = new ConsumerProtocolReader(member.Subscription);
            var version = reader.ReadInt16();
            if (version < 0)
                throw new FormatException($"version {version} does not exist");

            var topics = new string[reader.ReadCount(minimumElementSize: 2)];
            for (var i = 0; i < topics.Length; i++)
                topics[i] = reader.ReadString();
            var userData = reader.ReadNullableBytes();
            var owned = version >= 1 ? reader.ReadPartitions() : [];
            var generation = version >= 2 ? reader.ReadInt32() : -1;
            var rack = version >= 3 ? reader.ReadNullableString() : null;
            return new MemberSubscription(
                member.MemberId,
                member.GroupInstanceId,
                topics,
                owned,
                generation < 0 ? null : generation,
                string.IsNullOrEmpty(rack) ? null : rack,
                userData);
        }
        catch (FormatException e)
        {
            throw new AssignmentException($"The subscription of member {member.MemberId} cannot be read: {e.Message}.", e);
        }
    }

    /// <summary>Writes an assignment; topics in the order of their first partition.</summary>
    public static ReadOnlyMemory<byte> WriteAssignment(IReadOnlyList<TopicPartition> partitions)
    {
        var byTopic = new OrderedDictionary<string, List<int>>(StringComparer.Ordinal);
        foreach (var partition in partitions)
        {
            if (!byTopic.TryGetValue(partition.Topic, out var indexes))
                byTopic.Add(partition.Topic, indexes = []);
            indexes.Add(partition.Partition);
        }

        var size = sizeof(short) + sizeof(int) + sizeof(int)
            + byTopic.Sum(topic => sizeof(short) + Encoding.UTF8.GetByteCount(topic.Key) + sizeof(int) + (topic.Value.Count * sizeof(int)));
        var bytes = new byte[size];
        var rest = bytes.AsSpan();
        Put16(ref rest, HighestVersion);
        Put32(ref rest, byTopic.Count);
        foreach (var (topic, indexes) in byTopic)
        {
            var length = Encoding.UTF8.GetBytes(topic, rest[sizeof(short)..]);
            Put16(ref rest, (short)length);
            rest = rest[length..];
            Put32(ref rest, indexes.Count);
            foreach (var index in indexes)
                Put32(ref rest, index);
        }

        Put32(ref rest, -1);
        return bytes;
    }

    private static void Put16(ref Span<byte> rest, short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(rest, value);
        rest = rest[sizeof(short)..];
    }

    private static void Put32(ref Span<byte> rest, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(rest, value);
        rest = rest[sizeof(int)..];
    }
}

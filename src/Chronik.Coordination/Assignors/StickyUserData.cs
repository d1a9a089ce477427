using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>What sticky assignors put into the user data of subscriptions, in formats of their own.</summary>
internal static class StickyUserData
{
    /// <summary>
    /// Reads the eager assignor's: the partitions that the member had (KIP-54), from version 1 on with their generation
    /// (KIP-341). No version stands in front: a generation is there or not.
    /// </summary>
    public static PreviousClaim ReadClaim(ReadOnlyMemory<byte> userData)
    {
        const int topicBytesMin = sizeof(short) + sizeof(int);
        const int topicCost = 48;
        var partitions = new List<TopicPartition>();
        try
        {
            var reader = new KafkaReader(userData);
            var topics = reader.ReadArrayLength(compact: false, topicBytesMin, topicCost);
            for (var i = 0; i < topics; i++)
            {
                var topic = reader.ReadString(compact: false);
                var count = reader.ReadArrayLength(compact: false, sizeof(int), sizeof(int));
                for (var p = 0; p < count; p++)
                    partitions.Add(new TopicPartition(topic, reader.ReadInt32()));
            }

            return new PreviousClaim(partitions, reader.Remaining >= sizeof(int) ? reader.ReadInt32() : null);
        }
        catch (ProtocolException)
        {
            // Stickiness is a courtesy: unreadable user data costs a member its partitions, not the group its assignment.
            return new PreviousClaim([], PreviousClaim.NoGeneration);
        }
    }

    /// <summary>Reads the cooperative assignor's: a generation.</summary>
    public static int ReadGeneration(ReadOnlyMemory<byte> userData) =>
        userData.Length < sizeof(int) ? PreviousClaim.NoGeneration : new KafkaReader(userData).ReadInt32();
}

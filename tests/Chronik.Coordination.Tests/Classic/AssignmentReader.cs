using System.Buffers.Binary;
using System.Text;
using Chronik.Protocol;

namespace Chronik.Coordination.Tests.Classic;

/// <summary>Reads the partitions of a ConsumerProtocolAssignment, independently of the code under test.</summary>
internal static class AssignmentReader
{
    public static List<TopicPartition> Partitions(ReadOnlyMemory<byte> assignment)
    {
        var partitions = new List<TopicPartition>();
        if (assignment.IsEmpty)
            return partitions;
        var bytes = assignment.Span[2..];
        var topics = Int32(ref bytes);
        for (var t = 0; t < topics; t++)
        {
            var length = BinaryPrimitives.ReadInt16BigEndian(bytes);
            var topic = Encoding.UTF8.GetString(bytes.Slice(2, length));
            bytes = bytes[(2 + length)..];
            for (var left = Int32(ref bytes); left > 0; left--)
                partitions.Add(new TopicPartition(topic, Int32(ref bytes)));
        }

        return partitions;
    }

    private static int Int32(ref ReadOnlySpan<byte> bytes)
    {
        var value = BinaryPrimitives.ReadInt32BigEndian(bytes);
        bytes = bytes[4..];
        return value;
    }
}

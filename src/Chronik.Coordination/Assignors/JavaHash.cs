using Chronik.Protocol;

namespace Chronik.Coordination.Assignors;

/// <summary>
/// Java's hash codes. The Java assignors walk hash maps, so in some ties the outcome depends on them;
/// they are specified (String) or part of Kafka's public classes (TopicPartition) and do not change.
/// </summary>
internal static class JavaHash
{
    public static int Of(string text)
    {
        var hash = 0;
        foreach (var unit in text)
            hash = unchecked((31 * hash) + unit);
        return hash;
    }

    public static int Of(TopicPartition partition) =>
        unchecked((31 * (31 + partition.Partition)) + Of(partition.Topic));
}

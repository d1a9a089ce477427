using Chronik.Protocol;

namespace Chronik.Client.Consuming;

/// <summary>Java's default assignor: each topic's partitions in runs, over the members that read it, in the order of their ids.</summary>
internal static class RangeAssignor
{
    public const string Name = "range";

    /// <param name="subscriptions">The members, in the order of their instance ids and ids, and the topics of each.</param>
    /// <param name="partitionCounts">How many partitions each topic has.</param>
    public static Dictionary<string, List<TopicPartition>> Assign(
        IReadOnlyList<(string MemberId, IReadOnlyCollection<string> Topics)> subscriptions, IReadOnlyDictionary<string, int> partitionCounts)
    {
        var assignments = subscriptions.ToDictionary(member => member.MemberId, _ => new List<TopicPartition>());
        foreach (var (topic, count) in partitionCounts.OrderBy(topic => topic.Key, StringComparer.Ordinal))
        {
            var readers = subscriptions.Where(member => member.Topics.Contains(topic)).ToList();
            for (int i = 0, partition = 0; i < readers.Count; i++)
            {
                int share = (count / readers.Count) + (i < count % readers.Count ? 1 : 0);
                for (int end = partition + share; partition < end; partition++)
                    assignments[readers[i].MemberId].Add(new TopicPartition(topic, partition));
            }
        }

        return assignments;
    }
}

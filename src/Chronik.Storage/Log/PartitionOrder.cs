using System.Collections.Concurrent;
using Chronik.Protocol;

namespace Chronik.Storage.Log;

/// <summary>The same order each time and in each process: what happens replays, and what is logged reads well.</summary>
internal static class PartitionOrder
{
    // LINQ would copy a dictionary that grows meanwhile in two steps, and throw; its own ToArray does it in one.
    public static IEnumerable<PartitionLog> InOrder(this ConcurrentDictionary<TopicPartition, PartitionLog> logs) => logs.ToArray()
        .OrderBy(static pair => pair.Key.Topic, StringComparer.Ordinal).ThenBy(static pair => pair.Key.Partition)
        .Select(static pair => pair.Value);
}

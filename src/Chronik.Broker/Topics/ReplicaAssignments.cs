using System.Globalization;

namespace Chronik.Broker.Topics;

/// <summary>Checks the replicas that a client assigns by hand; there is one broker, so there is one right answer.</summary>
internal static class ReplicaAssignments
{
    /// <summary>Says what is wrong with one partition's replicas, in Kafka's words, or null.</summary>
    internal static string? Problem(IReadOnlyList<int> brokerIds, int nodeId)
    {
        if (brokerIds.Count == 0)
            return "The manual partition assignment includes an empty replica list.";
        var sorted = brokerIds.Order().ToArray();
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i > 0 && sorted[i] == sorted[i - 1])
                return string.Create(CultureInfo.InvariantCulture, $"The manual partition assignment includes the broker {sorted[i]} more than once.");
        }
        foreach (var id in sorted)
        {
            if (id != nodeId)
                return string.Create(CultureInfo.InvariantCulture, $"The manual partition assignment includes broker {id}, but no such broker is registered.");
        }
        return null;
    }
}

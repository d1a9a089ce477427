namespace Chronik.Broker.Topics;

/// <summary>A topic to be created; checked already.</summary>
/// <param name="Name">Its name.</param>
/// <param name="PartitionCount">How many partitions it has.</param>
/// <param name="Configs">The settings of its own, by name.</param>
internal sealed record NewTopic(string Name, int PartitionCount, IReadOnlyDictionary<string, string> Configs)
{
    /// <summary>A topic with no settings of its own.</summary>
    internal NewTopic(string name, int partitionCount)
        : this(name, partitionCount, new Dictionary<string, string>(StringComparer.Ordinal))
    {
    }
}

using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Campaigns.Simulation;

/// <summary>A topic as the broker's catalog has it, which is durable by itself.</summary>
internal sealed class SimulatedTopic(string name, TopicId id, PartitionModel[] partitions, LogConfig config)
{
    public string Name => name;

    public TopicId Id => id;

    public PartitionModel[] Partitions => partitions;

    public LogConfig Config { get; set; } = config;

    /// <summary>All its logs were promised to be there.</summary>
    public bool IsCreated { get; set; }

    /// <summary>Something is under way with it that others wait for.</summary>
    public bool IsBusy { get; set; }
}

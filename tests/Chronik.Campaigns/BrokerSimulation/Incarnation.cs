using Chronik.Protocol;

namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>A topic as long as it is the same topic: another one of its name has another id.</summary>
internal sealed class Incarnation(string name, TopicId id, long createStarted)
{
    public string Name => name;

    public TopicId Id => id;

    /// <summary>When the first request that may have made it was sent.</summary>
    public long CreateStarted => createStarted;

    /// <summary>So many it has at least, and at most.</summary>
    public int PartitionsMin { get; set; }

    public int PartitionsMax { get; set; }

    /// <summary>A deletion was asked for: it is gone, or may be.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>cleanup.policy=compact was asked for.</summary>
    public bool MayCompact { get; set; }

    /// <summary>A retention was asked for.</summary>
    public bool MayExpire { get; set; }

    public List<PartitionRecords> Partitions { get; } = [];

    public SortedDictionary<string, Register<string>> Configs { get; } = new(StringComparer.Ordinal);

    public PartitionRecords Partition(int index)
    {
        while (Partitions.Count <= index)
            Partitions.Add(new PartitionRecords(this, Partitions.Count));
        return Partitions[index];
    }

    /// <summary>Notes what settings allow from now on, whether they come into force or not.</summary>
    public void Allow(string setting, string value)
    {
        MayCompact |= setting == "cleanup.policy" && value.Contains("compact", StringComparison.Ordinal);
        MayExpire |= setting.StartsWith("retention.", StringComparison.Ordinal) && value != "-1";
    }

    public override string ToString() => $"{name} ({id})";
}

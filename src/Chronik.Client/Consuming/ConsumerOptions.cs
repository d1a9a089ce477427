using Chronik.Protocol;

namespace Chronik.Client;

/// <summary>How a <see cref="Consumer"/> reads.</summary>
public sealed record ConsumerOptions
{
    /// <summary>The group whose member it is when it subscribes, and whose offsets it commits.</summary>
    public string? GroupId { get; init; }

    /// <summary>Makes it a static member (KIP-345): it keeps its partitions over a restart.</summary>
    public string? GroupInstanceId { get; init; }

    /// <summary>Where to start in partitions of which the group has committed no offset, or one that is gone.</summary>
    public StartAt DefaultStart { get; init; } = StartAt.End;

    /// <summary>Whether what was read is committed now and then, and when the consumer is closed.</summary>
    public bool EnableAutoCommit { get; init; } = true;

    /// <summary>How often it is.</summary>
    public TimeSpan AutoCommitInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After how long without a heartbeat the group goes on without this member.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How often it sends heartbeats.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long the group waits for this member when it rebalances.</summary>
    public TimeSpan RebalanceTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a broker waits for records when there are none.</summary>
    public TimeSpan FetchWaitMax { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How many bytes a broker waits for.</summary>
    public int FetchBytesMin { get; init; } = 1;

    /// <summary>How many bytes one fetch brings, about.</summary>
    public int FetchBytesMax { get; init; } = 50 * 1024 * 1024;

    /// <summary>How many bytes of one partition one fetch brings, about.</summary>
    public int PartitionFetchBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Which records of transactions are seen.</summary>
    public IsolationLevel IsolationLevel { get; init; }

    /// <summary>Called when a group gave the consumer other partitions than before.</summary>
    public Action<IReadOnlyCollection<TopicPartition>>? AssignmentChanged { get; init; }
}

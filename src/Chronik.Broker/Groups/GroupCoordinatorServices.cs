using Chronik.Catalog;
using Chronik.Protocol;
using Microsoft.Extensions.Logging;

namespace Chronik.Broker.Groups;

/// <summary>What the group coordinator is made of.</summary>
internal sealed record GroupCoordinatorServices
{
    /// <summary>Where groups are stored.</summary>
    public required ICatalog Catalog { get; init; }

    /// <summary>How many partitions a topic has; null: it does not exist.</summary>
    public required Func<string, int?> PartitionCount { get; init; }

    /// <summary>A topic's identity; <see cref="TopicId.None"/>: it does not exist.</summary>
    public required Func<string, TopicId> TopicIdOf { get; init; }

    /// <summary>The clock and its timers.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where the shards run.</summary>
    public required TaskScheduler Scheduler { get; init; }

    /// <summary>For member ids; used under a lock.</summary>
    public required Random Random { get; init; }

    /// <summary>Where it logs.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Its settings.</summary>
    public GroupOptions Options { get; init; } = GroupOptions.Default;

    /// <summary>What it counts.</summary>
    public GroupCounters Counters { get; } = new();
}

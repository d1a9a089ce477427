using System.Collections.Frozen;
using static Chronik.Broker.Configs.ConfigValues;

namespace Chronik.Broker.Configs;

/// <summary>The settings that a group has, beside the broker's.</summary>
internal static class GroupConfigs
{
    /// <summary>chronik.group.rescue.ms, of a group and of the broker.</summary>
    internal static readonly ConfigDefinition RescueMs = new(
        "chronik.group.rescue.ms",
        ConfigType.Long,
        "5000",
        "How long a group waits for the assignment of a leader that is silent before the broker assigns the partitions itself; 0 waits for as long as Apache Kafka does.")
    {
        Check = AtLeast(0),
        BrokerSynonyms = [("chronik.group.rescue.ms", 1)],
    };

    /// <summary>chronik.group.rescue.evict.ms, of a group and of the broker.</summary>
    internal static readonly ConfigDefinition RescueEvictMs = new(
        "chronik.group.rescue.evict.ms",
        ConfigType.Long,
        "0",
        "How long a leader whose assignor only the members know may stay silent before it alone is removed; 0 for never before Apache Kafka would.")
    {
        Check = AtLeast(0),
        BrokerSynonyms = [("chronik.group.rescue.evict.ms", 1)],
    };

    /// <summary>All of them, by name in ordinal order.</summary>
    internal static readonly IReadOnlyList<ConfigDefinition> All = [RescueEvictMs, RescueMs];

    /// <summary>All of them by name.</summary>
    internal static readonly FrozenDictionary<string, ConfigDefinition> ByName = All.ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);

    /// <summary>Says what is wrong with the settings that a group is to have of its own, in Kafka's words, or null.</summary>
    internal static string? Problem(IReadOnlyDictionary<string, string> own)
    {
        foreach (var (name, value) in own)
        {
            if (!ByName.TryGetValue(name, out var definition))
                return $"Unknown group config name: {name}";
            if (ConfigValues.Problem(definition, value) is { } problem)
                return problem;
        }
        return null;
    }
}

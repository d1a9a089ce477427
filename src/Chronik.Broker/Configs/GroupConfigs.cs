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
        "How long a group waits for the assignment of a leader that is silent before the broker assigns the partitions itself; -1 waits for ever, as Apache Kafka does.")
    {
        Check = AtLeast(-1),
        BrokerSynonyms = [("chronik.group.rescue.ms", 1)],
    };

    /// <summary>All of them, by name in ordinal order.</summary>
    internal static readonly IReadOnlyList<ConfigDefinition> All = [RescueMs];

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

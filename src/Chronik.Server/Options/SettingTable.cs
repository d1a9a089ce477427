using System.Collections.Frozen;
using System.Globalization;
using Chronik.Broker;
using Chronik.Broker.Configs;
using static Chronik.Server.Options.SettingKind;

namespace Chronik.Server.Options;

/// <summary>All settings that Chronik acts on: those that its broker knows, and those of the program around it.</summary>
internal static class SettingTable
{
    public const string AdvertisedListeners = "advertised.listeners";
    public const string ControllerListenerNames = "controller.listener.names";
    public const string Insecure = "chronik.insecure";
    public const string Listeners = "listeners";
    public const string LogDirs = "log.dirs";
    public const string ProtocolMap = "listener.security.protocol.map";

    /// <summary>Kafka's second names; the first wins where a source has both.</summary>
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        [LogDirs] = "log.dir",
        ["node.id"] = "broker.id",
    };

    /// <summary>All of them, by name.</summary>
    public static readonly IReadOnlyList<Setting> All =
    [
        .. Own()
            .Concat(BrokerConfigs.All.Where(config => !Aliases.ContainsValue(config.Definition.Name)).Select(OfBroker))
            .GroupBy(setting => setting.Name, StringComparer.Ordinal)
            .Select(same => same.First())
            .OrderBy(setting => setting.Name, StringComparer.Ordinal)
    ];

    /// <summary>All of them by name, aliases too.</summary>
    public static readonly FrozenDictionary<string, Setting> ByName = All
        .Select(setting => KeyValuePair.Create(setting.Name, setting))
        .Concat(All.Where(setting => setting.Alias is not null).Select(setting => KeyValuePair.Create(setting.Alias!, setting)))
        .ToFrozenDictionary(StringComparer.Ordinal);

    private static IEnumerable<Setting> Own() =>
    [
        new(AdvertisedListeners, Text, null, "The address that clients are told; where it is not set, the address that each client connected to.")
        {
            Example = $"{AdvertisedListeners}=kafka.example.org:9092",
        },
        new(Insecure, SettingKind.Boolean, "false", "Allows listening beyond this machine without TLS.") { Example = $"{Insecure}=true" },
        new(ControllerListenerNames, Text, null, "Listeners of these names are left out: there is no controller of its own to talk to."),
        new(ProtocolMap, Text, null, "Kafka's map from listener names to PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."),
        new(Listeners, Text, "localhost:9092", "Where to listen: addresses as host:port, several with commas, port 0 for a free one. Kafka's form PLAINTEXT://host:port is understood.")
        {
            Example = $"{Listeners}=localhost:9092",
        },
        new(LogDirs, Text, null, "The data folder.") { Alias = Aliases[LogDirs], Example = $"{LogDirs}=/var/lib/chronik" },
    ];

    private static Setting OfBroker(BrokerConfig config)
    {
        var definition = config.Definition;
        var (topic, factor) = TopicSettingOf(definition.Name);
        return new Setting(
            definition.Name,
            definition.Type switch
            {
                ConfigType.Boolean => SettingKind.Boolean,
                ConfigType.Int or ConfigType.Short => Int,
                ConfigType.Long => Long,
                ConfigType.Double => SettingKind.Double,
                _ => Text,
            },
            definition.Default ?? config.Started?.Invoke(new BrokerOptions()),
            definition.Documentation)
        {
            Alias = Aliases.GetValueOrDefault(definition.Name),
            Family = topic is { BrokerSynonyms.Count: > 1 } ? topic.Name : null,
            Example = $"{definition.Name}={definition.Default ?? topic?.Default}",
            Check = value => (definition.Check?.Invoke(value) ?? topic?.Check?.Invoke(Multiplied(value, factor))) is { } problem
                ? $"but {Continued(problem)}"
                : null,
        };
    }

    /// <summary>Kafka's words for what is wrong, as the end of a sentence that has named the value.</summary>
    private static string Continued(string problem)
    {
        foreach (var subject in new[] { "Value ", "String " })
        {
            if (problem.StartsWith(subject, StringComparison.Ordinal))
                return $"it {problem[subject.Length..]}";
        }

        return char.ToLowerInvariant(problem[0]) + problem[1..];
    }

    /// <summary>The setting of topics that falls back on this one, and how many of its units one of ours has.</summary>
    private static (ConfigDefinition? Topic, long Factor) TopicSettingOf(string name)
    {
        foreach (var topic in TopicConfigs.All)
        {
            foreach (var (synonym, factor) in topic.BrokerSynonyms)
            {
                if (synonym == name)
                    return (topic, factor);
            }
        }

        return (null, 1);
    }

    /// <summary>The value in the topic's unit; below zero means "never" in any unit.</summary>
    private static string Multiplied(string value, long factor) =>
        factor == 1 || long.Parse(value, CultureInfo.InvariantCulture) is not (> 0 and var number)
            ? value
            : (number * factor).ToString(CultureInfo.InvariantCulture);
}

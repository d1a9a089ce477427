using System.Globalization;
using Chronik.Catalog;
using Chronik.Storage.Compaction;

namespace Chronik.Broker.Configs;

/// <summary>The broker's own settings by Kafka's names: those it was started with and those set while it runs.</summary>
internal sealed class BrokerSettings
{
    /// <summary>The levels at which a broker setting can be set, the strongest first.</summary>
    internal static readonly ConfigSource[] Levels = [ConfigSource.DynamicBroker, ConfigSource.DynamicDefaultBroker, ConfigSource.StaticBroker];

    /// <summary>The resource whose settings every broker of the cluster has.</summary>
    internal static readonly ConfigResource AllBrokers = new(ConfigResourceKind.Broker, "");

    private readonly BrokerOptions _options;
    private readonly ConfigStore _configs;

    /// <summary>Takes the settings that the broker was started with.</summary>
    /// <exception cref="ArgumentException">One of <see cref="BrokerOptions.LogSettings"/> has a value that it cannot have.</exception>
    internal BrokerSettings(BrokerOptions options, ConfigStore configs)
    {
        foreach (var (name, value) in options.LogSettings)
        {
            if (BrokerConfigs.ByName.TryGetValue(name, out var config) && ConfigValues.Problem(config.Definition, value) is { } problem)
                throw new ArgumentException(problem, nameof(options));
        }
        _options = options;
        _configs = configs;
        ThisBroker = new ConfigResource(ConfigResourceKind.Broker, options.NodeId.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The resource whose settings only this broker has.</summary>
    internal ConfigResource ThisBroker { get; }

    /// <summary>producer.id.expiration.ms in force.</summary>
    internal long ProducerIdExpirationMs => ConfigValues.Long(Value("producer.id.expiration.ms").Value!);

    /// <summary>log.cleaner.* in force.</summary>
    internal CleanerConfig Cleaner => new()
    {
        IsEnabled = ConfigValues.Boolean(Value("log.cleaner.enable").Value!),
        Threads = ConfigValues.Int(Value("log.cleaner.threads").Value!),
        BackoffMs = ConfigValues.Long(Value("log.cleaner.backoff.ms").Value!),
        DedupeBufferBytes = ConfigValues.Long(Value("log.cleaner.dedupe.buffer.size").Value!),
        LoadFactor = ConfigValues.Double(Value("log.cleaner.io.buffer.load.factor").Value!),
        IoBufferBytes = ConfigValues.Int(Value("log.cleaner.io.buffer.size").Value!),
        IoBytesPerSecondMax = ConfigValues.Double(Value("log.cleaner.io.max.bytes.per.second").Value!),
    };

    /// <summary>What was set at this level, or null.</summary>
    internal string? At(ConfigSource level, string name) => level switch
    {
        ConfigSource.DynamicBroker => _configs.Of(ThisBroker).GetValueOrDefault(name),
        ConfigSource.DynamicDefaultBroker => _configs.Of(AllBrokers).GetValueOrDefault(name),
        ConfigSource.StaticBroker => BrokerConfigs.Started(name, _options),
        _ => null,
    };

    /// <summary>The value in force of one of the broker's settings, and where it comes from.</summary>
    internal (string? Value, ConfigSource Source) Value(string name)
    {
        foreach (var level in Levels)
        {
            if (At(level, name) is { } value)
                return (value, level);
        }
        return (BrokerConfigs.ByName[name].Definition.Default, ConfigSource.Default);
    }

    /// <summary>
    /// The value in force of a topic's or a group's setting: its own, else the broker's, else the default.
    /// </summary>
    /// <param name="own">What was set for the topic or group itself.</param>
    /// <param name="ownSource">What to call that.</param>
    internal (string? Value, ConfigSource Source) Resolve(ConfigDefinition definition, IReadOnlyDictionary<string, string> own, ConfigSource ownSource)
    {
        if (own.TryGetValue(definition.Name, out var value))
            return (value, ownSource);
        foreach (var level in Levels)
        {
            foreach (var (name, factor) in definition.BrokerSynonyms)
            {
                if (At(level, name) is { } inherited)
                    return (Scaled(inherited, factor), level);
            }
        }
        return (definition.Default, ConfigSource.Default);
    }

    private static string Scaled(string value, long factor) =>
        factor == 1 || !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < 0
            ? value
            : (number * factor).ToString(CultureInfo.InvariantCulture);
}

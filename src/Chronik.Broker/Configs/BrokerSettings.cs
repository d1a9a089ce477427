using System.Globalization;
using Chronik.Catalog;

namespace Chronik.Broker.Configs;

/// <summary>The broker's own settings by Kafka's names: those it was started with and those set while it runs.</summary>
internal sealed class BrokerSettings
{
    /// <summary>The levels at which a broker setting can be set, the strongest first.</summary>
    internal static readonly ConfigSource[] Levels = [ConfigSource.DynamicBroker, ConfigSource.DynamicDefaultBroker, ConfigSource.StaticBroker];

    private readonly BrokerOptions _options;
    private readonly ConfigStore _configs;
    private readonly ConfigResource _thisBroker;

    internal BrokerSettings(BrokerOptions options, ConfigStore configs)
    {
        _options = options;
        _configs = configs;
        _thisBroker = new ConfigResource(ConfigResourceKind.Broker, options.NodeId.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>What was set at this level, or null.</summary>
    internal string? At(ConfigSource level, string name) => level switch
    {
        ConfigSource.DynamicBroker => _configs.Of(_thisBroker).GetValueOrDefault(name),
        ConfigSource.DynamicDefaultBroker => _configs.Of(new ConfigResource(ConfigResourceKind.Broker, "")).GetValueOrDefault(name),
        ConfigSource.StaticBroker => _options.LogSettings.GetValueOrDefault(name) ?? Typed(name),
        _ => null,
    };

    /// <summary>producer.id.expiration.ms in force.</summary>
    internal long ProducerIdExpirationMs =>
        Levels.Select(level => At(level, "producer.id.expiration.ms")).FirstOrDefault(v => v is not null) is { } text ? ConfigValues.Long(text) : 86_400_000;

    private string? Typed(string name) => name switch
    {
        "message.max.bytes" when _options.MessageBytesMax != new BrokerOptions().MessageBytesMax => _options.MessageBytesMax.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };
}

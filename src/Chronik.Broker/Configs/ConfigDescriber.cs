using System.Globalization;
using Chronik.Broker.Topics;
using Chronik.Catalog;
using Chronik.Protocol;
using Chronik.Protocol.Messages;
using Described = Chronik.Protocol.Messages.DescribeConfigsResponse.DescribeConfigsResourceResult;
using Synonym = Chronik.Protocol.Messages.DescribeConfigsResponse.DescribeConfigsSynonym;

namespace Chronik.Broker.Configs;

/// <summary>Tells clients the settings of topics, groups and the broker, and where each value comes from.</summary>
internal sealed class ConfigDescriber(TopicRegistry topics, ConfigStore configs, BrokerSettings broker)
{
    private const string NotAServedKind = "Chronik has settings of topics, groups and brokers only.";

    /// <summary>Describes one resource.</summary>
    internal DescribeConfigsResponse.DescribeConfigsResult Describe(
        DescribeConfigsRequest.DescribeConfigsResource asked, bool includeSynonyms, bool includeDocumentation)
    {
        var (described, error, message) = (byte)asked.ResourceType switch
        {
            ConfigResourceKind.Topic => Topic(asked.ResourceName),
            ConfigResourceKind.Broker => Broker(asked.ResourceName),
            ConfigResourceKind.Group => Group(asked.ResourceName),
            _ => ([], ErrorCode.InvalidRequest, NotAServedKind),
        };
        var result = new DescribeConfigsResponse.DescribeConfigsResult
        {
            ErrorCode = error,
            ErrorMessage = message,
            ResourceType = asked.ResourceType,
            ResourceName = asked.ResourceName,
        };
        // No names: all of them.
        var keys = asked.ConfigurationKeys is { Count: > 0 } some ? some : null;
        foreach (var config in described)
        {
            if (keys is not null && !keys.Contains(config.Name, StringComparer.Ordinal))
                continue;
            if (!includeSynonyms)
                config.Synonyms = [];
            if (!includeDocumentation)
                config.Documentation = null;
            result.Configs.Add(config);
        }
        return result;
    }

    private (IEnumerable<Described> Configs, ErrorCode Error, string Message) Topic(string name)
    {
        if (TopicName.Problem(name) is { } problem)
            return ([], ErrorCode.InvalidTopicException, problem);
        if (!topics.TryGet(name, out _))
            return ([], ErrorCode.UnknownTopicOrPartition, "");
        var own = configs.Of(new ConfigResource(ConfigResourceKind.Topic, name));
        return (TopicConfigs.All.Select(d => Inheriting(d, own, ConfigSource.Topic)), ErrorCode.None, "");
    }

    private (IEnumerable<Described> Configs, ErrorCode Error, string Message) Group(string name)
    {
        if (name.Length == 0)
            return ([], ErrorCode.InvalidRequest, "Group name must not be empty");
        var own = configs.Of(new ConfigResource(ConfigResourceKind.Group, name));
        return (GroupConfigs.All.Select(d => Inheriting(d, own, ConfigSource.Group)), ErrorCode.None, "");
    }

    private (IEnumerable<Described> Configs, ErrorCode Error, string Message) Broker(string name)
    {
        if (name.Length == 0)
        {
            var common = configs.Of(BrokerSettings.AllBrokers);
            return (BrokerConfigs.All.Where(c => common.ContainsKey(c.Definition.Name)).Select(c => OfAllBrokers(c.Definition)), ErrorCode.None, "");
        }
        if (!int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            return ([], ErrorCode.InvalidRequest, $"Broker id must be an integer, but it is: {name}");
        return name == broker.ThisBroker.Name
            ? (BrokerConfigs.All.Select(c => OfThisBroker(c.Definition)), ErrorCode.None, "")
            : ([], ErrorCode.InvalidRequest, $"Unexpected broker id, expected {broker.ThisBroker.Name} or empty string, but received {name}");
    }

    private Described Inheriting(ConfigDefinition definition, IReadOnlyDictionary<string, string> own, ConfigSource ownSource)
    {
        var (value, source) = broker.Resolve(definition, own, ownSource);
        List<Synonym> synonyms = [];
        if (own.TryGetValue(definition.Name, out var ownValue))
            synonyms.Add(Value(definition, definition.Name, ownValue, ownSource));
        var inherited = Set(definition, definition.BrokerSynonyms.Select(s => s.Name));
        synonyms.AddRange(inherited);
        // As in Kafka: a default is told under the first of the broker's names, if that has one.
        if (definition.BrokerSynonyms.Count > 0 && BrokerConfigs.ByName[definition.BrokerSynonyms[0].Name].Definition.Default is { } byDefault)
            synonyms.Add(Value(definition, definition.BrokerSynonyms[0].Name, byDefault, ConfigSource.Default));
        return Describe(definition, value, source, synonyms);
    }

    private Described OfThisBroker(ConfigDefinition definition)
    {
        var (value, source) = broker.Value(definition.Name);
        List<Synonym> synonyms = [.. Set(definition, [definition.Name])];
        if (definition.Default is not null)
            synonyms.Add(Value(definition, definition.Name, definition.Default, ConfigSource.Default));
        return Describe(definition, value, source, synonyms);
    }

    private Described OfAllBrokers(ConfigDefinition definition)
    {
        var value = broker.At(ConfigSource.DynamicDefaultBroker, definition.Name)!;
        return Describe(
            definition, value, ConfigSource.DynamicDefaultBroker, [Value(definition, definition.Name, value, ConfigSource.DynamicDefaultBroker)]);
    }

    private IEnumerable<Synonym> Set(ConfigDefinition definition, IEnumerable<string> names) =>
        from level in BrokerSettings.Levels
        from name in names
        let value = broker.At(level, name)
        where value is not null
        select Value(definition, name, value, level);

    private static Synonym Value(ConfigDefinition definition, string name, string value, ConfigSource source) =>
        new() { Name = name, Value = definition.IsSensitive ? null : value, Source = (sbyte)source };

    private static Described Describe(ConfigDefinition definition, string? value, ConfigSource source, List<Synonym> synonyms) => new()
    {
        Name = definition.Name,
        Value = definition.IsSensitive ? null : value,
        ReadOnly = definition.IsReadOnly,
        ConfigSource = (sbyte)source,
        IsSensitive = definition.IsSensitive,
        Synonyms = synonyms,
        ConfigType = (sbyte)definition.Type,
        Documentation = definition.Documentation,
    };
}

using System.Globalization;
using System.Text;
using Chronik.Broker.Topics;
using Chronik.Catalog;
using Chronik.Protocol;

namespace Chronik.Broker.Configs;

/// <summary>Changes the settings of topics, groups and brokers that clients ask to change, with Kafka's checks and words.</summary>
internal sealed class ConfigAlteration(TopicRegistry topics, ConfigStore configs, TopicConfigResolver resolver, BrokerSettings broker) : IDisposable
{
    internal const string ResourceTwice = "Each resource must appear at most once.";

    // What is appended to must not change between reading and writing it.
    private readonly SemaphoreSlim _altering = new(1, 1);

    /// <summary>Changes a resource's settings; in force, and durable, when it completes.</summary>
    /// <param name="replaceAll">Settings that <paramref name="edits"/> do not name go back to their defaults.</param>
    internal async Task<(ErrorCode Error, string? Message)> ApplyAsync(
        sbyte resourceType, string resourceName, IReadOnlyList<ConfigEdit> edits, bool replaceAll, bool validateOnly)
    {
        var resource = new ConfigResource((byte)resourceType, resourceName);
        if (CheckResource(resource) is { Error: not ErrorCode.None } wrongResource)
            return wrongResource;
        if (CheckEdits(edits) is { Error: not ErrorCode.None } wrongEdits)
            return wrongEdits;
        await _altering.WaitAsync();
        try
        {
            var old = configs.Of(resource);
            var (wanted, error, message) = Edited(resource, old, edits, replaceAll);
            if (error == ErrorCode.None)
                (error, message) = CheckValues(resource, wanted, old);
            return error != ErrorCode.None || validateOnly ? (error, message) : await StoreAsync(resource, old, wanted);
        }
        finally
        {
            _altering.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _altering.Dispose();

    private (ErrorCode Error, string? Message) CheckResource(ConfigResource resource)
    {
        switch (resource.Kind)
        {
            case ConfigResourceKind.Topic when resource.Name.Length == 0:
                return (ErrorCode.InvalidRequest, "Default topic resources are not allowed.");
            case ConfigResourceKind.Topic when TopicName.Problem(resource.Name) is { } problem:
                return (ErrorCode.InvalidTopicException, problem);
            case ConfigResourceKind.Topic when !topics.TryGet(resource.Name, out _):
                return (ErrorCode.UnknownTopicOrPartition, TopicMessages.DoesNotExist(resource.Name));
            case ConfigResourceKind.Group when resource.Name.Length == 0:
                return (ErrorCode.InvalidRequest, "Default group resources are not allowed.");
            case ConfigResourceKind.Broker when resource.Name.Length > 0 && !int.TryParse(resource.Name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _):
                return (ErrorCode.InvalidRequest, $"Node id must be an integer, but it is: {resource.Name}");
            case ConfigResourceKind.Broker when resource.Name.Length > 0 && resource != broker.ThisBroker:
                return (ErrorCode.InvalidRequest, $"Unexpected broker id, expected {broker.ThisBroker.Name}, but received {resource.Name}");
            case ConfigResourceKind.Topic or ConfigResourceKind.Group or ConfigResourceKind.Broker:
                return (ErrorCode.None, null);
            default:
                return (ErrorCode.InvalidRequest, string.Create(CultureInfo.InvariantCulture, $"Unknown resource type {resource.Kind}"));
        }
    }

    private static (ErrorCode Error, string? Message) CheckEdits(IReadOnlyList<ConfigEdit> edits)
    {
        if (edits.DistinctBy(e => e.Name, StringComparer.Ordinal).Count() < edits.Count)
            return (ErrorCode.InvalidRequest, "Error due to duplicate config keys");
        var nulls = edits.Where(e => e.Value is null && e.Operation != ConfigOperation.Delete).Select(e => e.Name).ToArray();
        if (nulls.Length > 0)
            return (ErrorCode.InvalidRequest, $"Null value not supported for : {string.Join(',', nulls)}");
        foreach (var edit in edits)
        {
            if (!Enum.IsDefined(edit.Operation))
                return (ErrorCode.InvalidRequest, string.Create(CultureInfo.InvariantCulture, $"Unknown operation {(int)edit.Operation} on key {edit.Name}."));
        }
        return (ErrorCode.None, null);
    }

    private (Dictionary<string, string> Wanted, ErrorCode Error, string? Message) Edited(
        ConfigResource resource, IReadOnlyDictionary<string, string> old, IReadOnlyList<ConfigEdit> edits, bool replaceAll)
    {
        Dictionary<string, string> wanted = replaceAll ? new(StringComparer.Ordinal) : new(old, StringComparer.Ordinal);
        foreach (var (name, operation, value) in edits)
        {
            switch (operation)
            {
                case ConfigOperation.Set:
                    wanted[name] = value!;
                    break;
                case ConfigOperation.Delete:
                    wanted.Remove(name);
                    break;
                default:
                    var definition = Definition(resource, name);
                    if (definition?.Type != ConfigType.List)
                        return (wanted, ErrorCode.InvalidConfig, $"Can't {operation.ToString().ToUpperInvariant()} to key {name} because its type is not LIST.");
                    var present = ConfigValues.List(resource.Kind == ConfigResourceKind.Broker
                        ? wanted.GetValueOrDefault(name) ?? definition.Default ?? ""
                        : broker.Resolve(definition, wanted, ConfigSource.Topic).Value ?? "");
                    var items = ConfigValues.List(value!);
                    wanted[name] = string.Join(',', operation == ConfigOperation.Append ? present.Union(items, StringComparer.Ordinal) : present.Except(items, StringComparer.Ordinal));
                    break;
            }
        }
        // Appending must not make a value that no answer can carry.
        return wanted.Values.Any(v => Encoding.UTF8.GetByteCount(v) > short.MaxValue)
            ? (wanted, ErrorCode.InvalidConfig, $"The configuration value cannot be added because it exceeds the maximum value size of {short.MaxValue} bytes.")
            : (wanted, ErrorCode.None, null);
    }

    private (ErrorCode Error, string? Message) CheckValues(
        ConfigResource resource, IReadOnlyDictionary<string, string> wanted, IReadOnlyDictionary<string, string> old)
    {
        var problem = resource.Kind switch
        {
            ConfigResourceKind.Topic => TopicConfigs.Problem(wanted, resolver),
            ConfigResourceKind.Group => GroupConfigs.Problem(wanted),
            _ => null,
        };
        if (problem is not null)
            return (ErrorCode.InvalidConfig, problem);
        return resource.Kind == ConfigResourceKind.Broker ? CheckBrokerValues(wanted, old) : (ErrorCode.None, null);
    }

    private static (ErrorCode Error, string? Message) CheckBrokerValues(
        IReadOnlyDictionary<string, string> wanted, IReadOnlyDictionary<string, string> old)
    {
        foreach (var (name, value) in wanted)
        {
            if (old.GetValueOrDefault(name) == value)
                continue;
            if (!BrokerConfigs.ByName.TryGetValue(name, out var config))
                return (ErrorCode.InvalidConfig, $"Unknown broker config name: {name}");
            if (config.Definition.IsReadOnly)
                return (ErrorCode.InvalidRequest, $"Cannot update these configs dynamically: [{name}]");
            if (ConfigValues.Problem(config.Definition, value) is { } problem)
                return (ErrorCode.InvalidRequest, problem);
        }
        return (ErrorCode.None, null);
    }

    private async Task<(ErrorCode Error, string? Message)> StoreAsync(
        ConfigResource resource, IReadOnlyDictionary<string, string> old, IReadOnlyDictionary<string, string> wanted)
    {
        ConfigSet[] changes =
        [
            .. wanted.Where(w => old.GetValueOrDefault(w.Key) != w.Value).Select(w => new ConfigSet(resource, w.Key, w.Value)),
            .. old.Keys.Where(name => !wanted.ContainsKey(name)).Select(name => new ConfigSet(resource, name, null)),
        ];
        if (resource.Kind == ConfigResourceKind.Topic)
        {
            var result = await topics.SetConfigsAsync(resource.Name, changes);
            return (result.Error, result.Message);
        }
        try
        {
            await configs.SetAsync(changes);
        }
        catch (CatalogException e)
        {
            return (ErrorCode.KafkaStorageError, e.Message);
        }
        if (resource.Kind == ConfigResourceKind.Broker)
            await topics.RefreshConfigsAsync();
        return (ErrorCode.None, null);
    }

    private static ConfigDefinition? Definition(ConfigResource resource, string name) => resource.Kind switch
    {
        ConfigResourceKind.Topic => TopicConfigs.ByName.GetValueOrDefault(name),
        ConfigResourceKind.Group => GroupConfigs.ByName.GetValueOrDefault(name),
        _ => BrokerConfigs.ByName.GetValueOrDefault(name)?.Definition,
    };
}

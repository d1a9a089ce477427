using System.Collections.Frozen;
using System.Globalization;
using Chronik.Broker.Configs;
using static Chronik.Server.Options.SettingKind;

namespace Chronik.Server.Options;

/// <summary>All settings that Chronik acts on.</summary>
internal static class SettingTable
{
    public const string AdvertisedListeners = "advertised.listeners";
    public const string ControllerListenerNames = "controller.listener.names";
    public const string Insecure = "chronik.insecure";
    public const string Listeners = "listeners";
    public const string LogDirs = "log.dirs";
    public const string ProtocolMap = "listener.security.protocol.map";

    /// <summary>All of them, by name.</summary>
    public static readonly IReadOnlyList<Setting> All = [.. Own().Concat(OfTopics()).OrderBy(setting => setting.Name, StringComparer.Ordinal)];

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
        Bool("auto.create.topics.enable", true, "Whether a topic comes into being when a client first asks for it."),
        new("broker.rack", Text, null, "The rack of this server, for clients that fetch from near replicas."),
        Whole("chronik.connection.underway.max.bytes", Long, 64L * 1024 * 1024, 1024 * 1024, "How many bytes of one connection's requests may wait for answers before no more are read from it."),
        Whole("chronik.group.rescue.evict.ms", Long, 0, 0, "How long a leader whose assignor only the members know may stay silent before it alone is removed; 0 for never before Kafka would."),
        Whole("chronik.group.rescue.ms", Long, 5_000, 0, "How long a group's leader may stay silent before the server computes the assignment in its place; 0 for never."),
        Bool(Insecure, false, "Allows listening beyond this machine without TLS."),
        Whole("connections.max.idle.ms", Long, 600_000, 1, "A connection that moves no byte for this long is closed."),
        new(ControllerListenerNames, Text, null, "Listeners of these names are left out: there is no controller of its own to talk to."),
        Bool("delete.topic.enable", true, "Whether topics may be deleted."),
        Whole("fetch.max.bytes", Int, 57_671_680, 1024, "The most that one Fetch is answered with, but for a first batch that is larger."),
        Whole("group.initial.rebalance.delay.ms", Int, 0, 0, "How long the first rebalance of an empty group waits for more members. Kafka's default is 3000."),
        Whole("group.max.session.timeout.ms", Int, 1_800_000, 1, "The longest session timeout that a group member may ask for."),
        Whole("group.max.size", Int, int.MaxValue, 1, "How many members a group may have."),
        Whole("group.min.session.timeout.ms", Int, 6_000, 1, "The shortest session timeout that a group member may ask for."),
        new(ProtocolMap, Text, null, "Kafka's map from listener names to PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."),
        new(Listeners, Text, "localhost:9092", "Where to listen: addresses as host:port, several with commas, port 0 for a free one. Kafka's form PLAINTEXT://host:port is understood.")
        {
            Example = $"{Listeners}=localhost:9092",
        },
        new(LogDirs, Text, null, "The data folder.") { Alias = "log.dir", Example = $"{LogDirs}=/var/lib/chronik" },
        Whole("max.connections", Int, 10_000, 1, "How many connections are open at once. Kafka has no bound by default."),
        Whole("max.connections.per.ip", Int, 1_000, 0, "How many of one address, loopback aside. Kafka has no bound by default."),
        Whole("max.incremental.fetch.session.cache.slots", Int, 1_000, 0, "How many incremental fetch sessions are remembered (KIP-227)."),
        Whole("node.id", Int, 1, 0, "The number of this server among others.") with { Alias = "broker.id" },
        Whole("num.partitions", Int, 1, 1, "How many partitions a topic gets that is made without a count."),
        Whole("offset.metadata.max.bytes", Int, 4_096, 0, "The longest note that a client may put beside a committed offset."),
        Whole("offsets.retention.minutes", Int, 10_080, 1, "How long the offsets of a group without members are kept."),
        Whole("producer.id.expiration.ms", Int, 86_400_000, 1, "How long an idle producer's last sequence numbers are kept."),
        Whole("queued.max.request.bytes", Long, 1024L * 1024 * 1024, -1, "How many bytes of all connections' requests may wait for answers before no more are read; Kafka has no bound by default."),
        Whole("socket.request.max.bytes", Int, 104_857_600, 1, "A larger request closes its connection."),
    ];

    /// <summary>The settings that a topic's settings fall back on, in Kafka's broker names.</summary>
    private static IEnumerable<Setting> OfTopics()
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var definition in TopicConfigs.All)
        {
            foreach (var (name, factor) in definition.BrokerSynonyms)
            {
                if (known.Add(name))
                    yield return OfTopic(definition, name, factor);
            }
        }
    }

    private static Setting OfTopic(ConfigDefinition definition, string name, long factor)
    {
        var synonyms = definition.BrokerSynonyms;
        var isLast = string.Equals(synonyms[^1].Name, name, StringComparison.Ordinal);
        var isScaled = synonyms.Any(synonym => synonym.Factor != 1);
        return new Setting(
            name,
            definition.Type switch
            {
                ConfigType.Boolean => SettingKind.Boolean,
                ConfigType.Int => Int,
                ConfigType.Long => factor == 1 ? Long : Int,
                ConfigType.Double => SettingKind.Double,
                _ => Text,
            },
            !isLast || definition.Default is null ? (isScaled ? null : definition.Default) : Scaled(definition.Default, factor),
            $"{definition.Documentation} ({definition.Name} of a topic.)")
        {
            Family = isScaled ? definition.Name : null,
            Check = value => definition.Check?.Invoke(factor == 1 ? value : Multiplied(value, factor)) is { } problem
                ? $"but {char.ToLowerInvariant(problem[0])}{problem[1..]}"
                : null,
        };
    }

    private static string Scaled(string value, long factor) =>
        factor == 1 ? value : (long.Parse(value, CultureInfo.InvariantCulture) / factor).ToString(CultureInfo.InvariantCulture);

    /// <summary>The value in the topic's unit; below zero means "never" in any unit.</summary>
    private static string Multiplied(string value, long factor) =>
        long.Parse(value, CultureInfo.InvariantCulture) is var number && number < 0
            ? value
            : (number * factor).ToString(CultureInfo.InvariantCulture);

    private static Setting Bool(string name, bool value, string meaning) =>
        new(name, SettingKind.Boolean, value ? "true" : "false", meaning) { Example = $"{name}={(value ? "false" : "true")}" };

    private static Setting Whole(string name, SettingKind kind, long value, long least, string meaning) =>
        new(name, kind, value.ToString(CultureInfo.InvariantCulture), meaning)
        {
            Check = text => long.Parse(text, CultureInfo.InvariantCulture) < least
                ? string.Create(CultureInfo.InvariantCulture, $"but it must be at least {least}")
                : null,
        };
}

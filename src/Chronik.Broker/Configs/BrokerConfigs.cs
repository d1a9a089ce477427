using System.Collections.Frozen;
using System.Globalization;
using Chronik.Storage.IO;
using static Chronik.Broker.Configs.ConfigValues;

namespace Chronik.Broker.Configs;

/// <summary>The broker's settings that clients can see: those that topics inherit, and those of the process.</summary>
internal static class BrokerConfigs
{
    /// <summary>All of them, by name in ordinal order.</summary>
    internal static readonly IReadOnlyList<BrokerConfig> All =
        [.. Inherited().Concat(Process()).Concat(Cleaner()).OrderBy(c => c.Definition.Name, StringComparer.Ordinal)];

    /// <summary>All of them by name.</summary>
    internal static readonly FrozenDictionary<string, BrokerConfig> ByName = All.ToFrozenDictionary(c => c.Definition.Name, StringComparer.Ordinal);

    /// <summary>The value that the broker was started with, or null where it has the default.</summary>
    internal static string? Started(string name, BrokerOptions options)
    {
        if (options.LogSettings.TryGetValue(name, out var text))
            return text;
        return ByName.TryGetValue(name, out var config) && config.Started?.Invoke(options) is { } value && value != config.Definition.Default
            ? value
            : null;
    }

    /// <summary>What topics fall back on: the first name of each can be changed while the broker runs, as in Kafka.</summary>
    private static IEnumerable<BrokerConfig> Inherited()
    {
        foreach (var topic in TopicConfigs.All.Where(t => t.BrokerSynonyms.Count > 0))
        {
            var only = topic.BrokerSynonyms.Count == 1;
            var first = topic with { Name = topic.BrokerSynonyms[0].Name, Default = only ? topic.Default : null, BrokerSynonyms = [] };
            yield return new BrokerConfig(first, first.Name == "message.max.bytes" ? o => Text(o.MessageBytesMax) : null);
        }
        yield return ReadOnly("log.flush.scheduler.interval.ms", ConfigType.Long, "9223372036854775807", "Has no effect: records are flushed before they are acknowledged.");
        yield return ReadOnly("log.retention.hours", ConfigType.Int, "168", "log.retention.ms in hours, where that is not set.");
        yield return ReadOnly("log.retention.minutes", ConfigType.Int, null, "log.retention.ms in minutes, where that is not set.");
        yield return ReadOnly("log.roll.hours", ConfigType.Int, "168", "log.roll.ms in hours, where that is not set.", check: AtLeast(1));
        yield return ReadOnly("log.roll.jitter.hours", ConfigType.Int, "0", "log.roll.jitter.ms in hours, where that is not set.");
        yield return ReadOnly("producer.id.expiration.ms", ConfigType.Int, "86400000", "How long the state of an idle idempotent producer is kept.", check: AtLeast(1));
    }

    /// <summary>Compaction, for all topics together; those that Kafka can change while it runs can be changed here.</summary>
    private static IEnumerable<BrokerConfig> Cleaner() =>
    [
        Changing("log.cleaner.backoff.ms", ConfigType.Long, "15000", "How long compaction waits when no log is dirty enough.", AtLeast(0)),
        Changing("log.cleaner.dedupe.buffer.size", ConfigType.Long, "134217728", "The memory for record keys of all compactions together; taken while one runs, and only as much as its keys need.", AtLeast(1024)),
        Changing("log.cleaner.io.buffer.load.factor", ConfigType.Double, "0.9", "The part of log.cleaner.dedupe.buffer.size that is filled with keys.", text => Double(text) is > 0 and <= 1 ? null : "Value must be above 0 and at most 1"),
        Changing("log.cleaner.io.buffer.size", ConfigType.Int, "524288", "The memory for reading and writing of all compactions together.", AtLeast(0)),
        Changing("log.cleaner.io.max.bytes.per.second", ConfigType.Double, "1.7976931348623157E308", "The bytes that one compaction reads and writes in a second.", text => Double(text) > 0 ? null : "Value must be above 0"),
        Changing("log.cleaner.threads", ConfigType.Int, "1", "How many partitions are compacted at once.", AtLeast(1)),
        ReadOnly("log.cleaner.enable", ConfigType.Boolean, "true", "Whether topics with cleanup.policy=compact are compacted."),
    ];

    private static string? Advertised(BrokerOptions options)
    {
        var advertised = string.Join(',', options.Listeners.Where(l => l.Advertise is not null).Select(l => $"{l.Name}://{l.Advertise}"));
        return advertised.Length == 0 ? null : advertised;
    }

    private static IEnumerable<BrokerConfig> Process() =>
    [
        ReadOnly("advertised.listeners", ConfigType.String, null, "What clients are told to connect to; unset, it is the address that each connected to.", Advertised),
        ReadOnly("auto.create.topics.enable", ConfigType.Boolean, "true", "Whether asking for a topic that does not exist creates it.", o => o.AutoCreateTopicsEnable ? "true" : "false"),
        ReadOnly("broker.id", ConfigType.Int, null, "The broker's number; node.id by its older name.", o => Text(o.NodeId)),
        ReadOnly("broker.rack", ConfigType.String, null, "Where the broker stands, as clients are told.", o => o.Rack),
        ReadOnly("chronik.connection.underway.max.bytes", ConfigType.Long, "67108864", "The bytes of requests that one connection may have under way; past it the connection waits.", o => Text(o.ConnectionUnderWayBytesMax), check: AtLeast(1024 * 1024)),
        ReadOnly("connections.max.idle.ms", ConfigType.Long, "600000", "A connection that moves no byte for this long is closed.", o => Text(o.ConnectionsMaxIdleMs), check: AtLeast(1)),
        ReadOnly("default.replication.factor", ConfigType.Int, "1", "The replicas of a partition; there is one."),
        ReadOnly("delete.topic.enable", ConfigType.Boolean, "true", "Whether topics can be deleted.", o => o.DeleteTopicEnable ? "true" : "false"),
        ReadOnly("chronik.disk.reserve.bytes", ConfigType.Long, "16777216", "No records are taken that would leave fewer bytes free on the disk: offsets and checkpoints go on.", o => Text(o.DiskReserveBytes), check: AtLeast(0)),
        ReadOnly("chronik.open.files.max", ConfigType.Int, Text(ProcessLimits.DefaultOpenFilesMax), "So many files of partitions are kept open, but for those in use; by default half of what the system allows, at most 16384.", o => Text(o.OpenFilesMax), check: AtLeast(16)),
        ReadOnly("fetch.max.bytes", ConfigType.Int, "57671680", "The most that one fetch is answered with.", o => Text(o.FetchBytesMax), check: AtLeast(1024)),
        ReadOnly("listeners", ConfigType.List, null, "Where the broker listens.", o => string.Join(',', o.Listeners.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Name}://{l.Host}:{l.Port}")))),
        ReadOnly("log.dirs", ConfigType.String, null, "The data folder.", o => o.DataDirectory),
        ReadOnly("log.flush.offset.checkpoint.interval.ms", ConfigType.Int, "60000", "How often recovery points move up: what lies below them is not read again after a crash.", o => Text(o.CheckpointIntervalMs), check: AtLeast(1)),
        ReadOnly("log.retention.check.interval.ms", ConfigType.Long, "300000", "How often segments are looked for that retention lets go.", o => Text(o.RetentionCheckIntervalMs), check: AtLeast(1)),
        ReadOnly("max.connections", ConfigType.Int, "10000", "The connections that are served at once.", o => Text(o.ConnectionsMax), check: AtLeast(1)),
        ReadOnly("max.connections.per.ip", ConfigType.Int, "1000", "The connections that are served at once for one address, loopback apart.", o => Text(o.ConnectionsPerIpMax), check: AtLeast(0)),
        ReadOnly("max.incremental.fetch.session.cache.slots", ConfigType.Int, "1000", "The fetch sessions that are kept.", o => Text(o.FetchSessionsMax), check: AtLeast(0)),
        ReadOnly("node.id", ConfigType.Int, null, "The broker's number.", o => Text(o.NodeId), check: AtLeast(0)),
        ReadOnly("num.partitions", ConfigType.Int, "1", "The partitions of a topic that is created without a count.", o => Text(o.NumPartitions), check: AtLeast(1)),
        ReadOnly("queued.max.request.bytes", ConfigType.Long, "1073741824", "The bytes of requests that may be under way together.", o => Text(o.QueuedRequestBytesMax), check: AtLeast(-1)),
        ReadOnly("socket.request.max.bytes", ConfigType.Int, "104857600", "The largest request.", o => Text(o.SocketRequestBytesMax), check: AtLeast(1)),
        ReadOnly(
            "socket.send.buffer.bytes", ConfigType.Int, "102400", "What the system holds of answers that a client has not taken; -1 leaves it to the system.",
            o => Text(o.SocketSendBufferBytes), check: AtLeast(-1)),
        ReadOnly("group.initial.rebalance.delay.ms", ConfigType.Int, "0", "How long the first rebalance of an empty group waits for more members.", check: AtLeast(0)),
        ReadOnly("group.max.session.timeout.ms", ConfigType.Int, "1800000", "The longest session timeout that a group member may ask for.", check: AtLeast(1)),
        ReadOnly("group.max.size", ConfigType.Int, "2147483647", "How many members a group may have.", check: AtLeast(1)),
        ReadOnly("group.min.session.timeout.ms", ConfigType.Int, "6000", "The shortest session timeout that a group member may ask for.", check: AtLeast(1)),
        ReadOnly("offset.metadata.max.bytes", ConfigType.Int, "4096", "How long the words may be that are committed with an offset.", check: AtLeast(0)),
        ReadOnly("offsets.retention.check.interval.ms", ConfigType.Long, "600000", "How often offsets that have expired are looked for.", check: AtLeast(1)),
        ReadOnly("offsets.retention.minutes", ConfigType.Int, "10080", "How long the offsets of a group without members are kept.", check: AtLeast(1)),
        new(GroupConfigs.RescueEvictMs),
        new(GroupConfigs.RescueMs),
    ];

    private static BrokerConfig ReadOnly(string name, ConfigType type, string? value, string documentation, Func<BrokerOptions, string?>? started = null, Func<string, string?>? check = null) =>
        new(new ConfigDefinition(name, type, value, documentation) { IsReadOnly = true, Check = check }, started);

    private static BrokerConfig Changing(string name, ConfigType type, string value, string documentation, Func<string, string?> check) =>
        new(new ConfigDefinition(name, type, value, documentation) { Check = check });

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

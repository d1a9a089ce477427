using System.Collections.Frozen;
using System.Globalization;
using Chronik.Broker.Topics;
using static Chronik.Broker.Configs.ConfigValues;

namespace Chronik.Broker.Configs;

/// <summary>The settings that a topic has: Kafka's names, types, defaults and checks, and Chronik's own.</summary>
internal static class TopicConfigs
{
    private const string Forever = "9223372036854775807";

    /// <summary>All of them, by name in ordinal order.</summary>
    internal static readonly IReadOnlyList<ConfigDefinition> All =
    [
        Define("chronik.flush", ConfigType.String, "disk", "When a record counts as safe: \"disk\" after it was flushed to the disk, \"os\" once the operating system has it, as in Apache Kafka.", ["chronik.flush"], OneOf("disk", "os")),
        Define("cleanup.policy", ConfigType.List, "delete", "What happens to old segments: \"delete\" removes them by age and size, \"compact\" keeps the last record of each key; both may be given.", ["log.cleanup.policy"]) with { CheckItem = OneOf("compact", "delete") },
        Define("compression.gzip.level", ConfigType.Int, "-1", "The level where compression.type is gzip; -1 is the library's own choice.", ["compression.gzip.level"], text => Int(text) is -1 or (>= 1 and <= 9) ? null : "Value must be between 1 and 9 or equal to -1"),
        Define("compression.lz4.level", ConfigType.Int, "9", "The level where compression.type is lz4.", ["compression.lz4.level"], Between(1, 17)),
        Define("compression.type", ConfigType.String, "producer", "The codec that batches are stored with; \"producer\" keeps each as its producer sent it.", ["compression.type"], OneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer")),
        Define("compression.zstd.level", ConfigType.Int, "3", "The level where compression.type is zstd.", ["compression.zstd.level"], Between(-131072, 22)),
        Define("delete.retention.ms", ConfigType.Long, "86400000", "How long a compacted topic keeps the marks of deleted keys.", ["log.cleaner.delete.retention.ms"], AtLeast(0)),
        Define("file.delete.delay.ms", ConfigType.Long, "60000", "How long files wait on disk after they were removed from the log.", ["log.segment.delete.delay.ms"], AtLeast(0)),
        Define("flush.messages", ConfigType.Long, Forever, "Has no effect: records are flushed before they are acknowledged; see chronik.flush.", ["log.flush.interval.messages"], AtLeast(1)),
        Define("flush.ms", ConfigType.Long, Forever, "Has no effect: records are flushed before they are acknowledged; see chronik.flush.", ["log.flush.interval.ms", "log.flush.scheduler.interval.ms"], AtLeast(0)),
        Define("follower.replication.throttled.replicas", ConfigType.List, "", "Has no effect: a partition has one replica.", [], text => ThrottledReplicas("follower", text)),
        Define("index.interval.bytes", ConfigType.Int, "4096", "An index entry is made for each so many bytes of records.", ["log.index.interval.bytes"], AtLeast(0)),
        Define("leader.replication.throttled.replicas", ConfigType.List, "", "Has no effect: a partition has one replica.", [], text => ThrottledReplicas("leader", text)),
        Define("local.retention.bytes", ConfigType.Long, "-2", "Has no effect: there is no tiered storage.", ["log.local.retention.bytes"], AtLeast(-2)),
        Define("local.retention.ms", ConfigType.Long, "-2", "Has no effect: there is no tiered storage.", ["log.local.retention.ms"], AtLeast(-2)),
        Define("max.compaction.lag.ms", ConfigType.Long, Forever, "A record is compacted at the latest after this time.", ["log.cleaner.max.compaction.lag.ms"], AtLeast(1)),
        Define("max.message.bytes", ConfigType.Int, "1048588", "The largest record batch that is accepted, as it arrives.", ["message.max.bytes"], AtLeast(0)),
        Define("message.timestamp.after.max.ms", ConfigType.Long, "3600000", "How far ahead of the broker's clock a record's time may lie (CreateTime only).", ["log.message.timestamp.after.max.ms"], AtLeast(0)),
        Define("message.timestamp.before.max.ms", ConfigType.Long, Forever, "How far behind the broker's clock a record's time may lie (CreateTime only).", ["log.message.timestamp.before.max.ms"], AtLeast(0)),
        Define("message.timestamp.type", ConfigType.String, "CreateTime", "Whose time a record carries: CreateTime is the producer's, LogAppendTime the broker's.", ["log.message.timestamp.type"], OneOf("CreateTime", "LogAppendTime")),
        Define("min.cleanable.dirty.ratio", ConfigType.Double, "0.5", "A log is compacted when this part of it is not compacted yet.", ["log.cleaner.min.cleanable.ratio"], Ratio),
        Define("min.compaction.lag.ms", ConfigType.Long, "0", "A record is not compacted before this time.", ["log.cleaner.min.compaction.lag.ms"], AtLeast(0)),
        Define("min.insync.replicas", ConfigType.Int, "1", "How many replicas acks=all needs; there is one.", ["min.insync.replicas"], AtLeast(1)),
        Define("preallocate", ConfigType.Boolean, "false", "Whether a new segment's file takes its full size at once.", ["log.preallocate"]),
        Define("remote.log.copy.disable", ConfigType.Boolean, "false", "Has no effect: there is no tiered storage.", []),
        Define("remote.log.delete.on.disable", ConfigType.Boolean, "false", "Has no effect: there is no tiered storage.", []),
        Define("remote.storage.enable", ConfigType.Boolean, "false", "Has no effect: there is no tiered storage.", []),
        Define("retention.bytes", ConfigType.Long, "-1", "A partition's oldest segments are deleted above this size; -1 for no bound.", ["log.retention.bytes"]),
        Define("retention.ms", ConfigType.Long, "604800000", "Segments are deleted at this age; -1 for never.", [], AtLeast(-1)) with
        {
            BrokerSynonyms = [("log.retention.ms", 1), ("log.retention.minutes", 60_000), ("log.retention.hours", 3_600_000)],
        },
        Define("segment.bytes", ConfigType.Int, "1073741824", "A new segment begins before a segment's file grows past this.", ["log.segment.bytes"], AtLeast(1024 * 1024)),
        Define("segment.index.bytes", ConfigType.Int, "10485760", "The size bound of a segment's index files.", ["log.index.size.max.bytes"], AtLeast(4)),
        Define("segment.jitter.ms", ConfigType.Long, "0", "Taken off segment.ms at random, so that segments do not all roll at once.", [], AtLeast(0)) with
        {
            BrokerSynonyms = [("log.roll.jitter.ms", 1), ("log.roll.jitter.hours", 3_600_000)],
        },
        Define("segment.ms", ConfigType.Long, "604800000", "A new segment begins at this age, though the old one is not full.", [], AtLeast(1)) with
        {
            BrokerSynonyms = [("log.roll.ms", 1), ("log.roll.hours", 3_600_000)],
        },
        Define("unclean.leader.election.enable", ConfigType.Boolean, "false", "Has no effect: a partition has one replica.", ["unclean.leader.election.enable"]),
    ];

    /// <summary>All of them by name.</summary>
    internal static readonly FrozenDictionary<string, ConfigDefinition> ByName = All.ToFrozenDictionary(d => d.Name, StringComparer.Ordinal);

    /// <summary>Says what is wrong with the settings that a topic is to have of its own, in Kafka's words, or null.</summary>
    internal static string? Problem(IReadOnlyDictionary<string, string> own, TopicConfigResolver resolver)
    {
        foreach (var name in own.Keys)
        {
            if (!ByName.ContainsKey(name))
                return $"Unknown topic config name: {name}";
        }
        foreach (var (name, value) in own)
        {
            if (ConfigValues.Problem(ByName[name], value) is { } problem)
                return problem;
        }
        var (least, most) = (Lag("min.compaction.lag.ms"), Lag("max.compaction.lag.ms"));
        if (least > most)
            return string.Create(CultureInfo.InvariantCulture, $"conflict topic config setting min.compaction.lag.ms ({least}) > max.compaction.lag.ms ({most})");
        return own.TryGetValue("remote.storage.enable", out var remote) && Boolean(remote)
            ? "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage."
            : null;

        long Lag(string name) => Long(resolver.Resolve(ByName[name], own).Value!);
    }

    private static ConfigDefinition Define(
        string name, ConfigType type, string? value, string documentation, string[] synonyms, Func<string, string?>? check = null) =>
        new(name, type, value, documentation) { Check = check, BrokerSynonyms = [.. synonyms.Select(s => (s, 1L))] };

    private static string? ThrottledReplicas(string role, string text) =>
        text.Length == 0 || text == "*" || List(text).All(IsPair)
            ? null
            : $"{role}.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...";

    private static bool IsPair(string item)
    {
        var colon = item.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && int.TryParse(item.AsSpan(0, colon), out _) && int.TryParse(item.AsSpan(colon + 1), out _);
    }

    private static string? Ratio(string text) => Double(text) switch
    {
        < 0 => "Value must be at least 0",
        > 1 => "Value must be no more than 1",
        _ => null,
    };
}

using Chronik.Broker.Configs;
using Chronik.Catalog;
using Chronik.Records;
using Chronik.Storage.Log;
using static Chronik.Broker.Configs.ConfigValues;

namespace Chronik.Broker.Topics;

/// <summary>Finds the value in force of each of a topic's settings: the topic's own, else the broker's, else the default.</summary>
internal sealed class TopicConfigResolver(ConfigStore configs, BrokerSettings broker)
{
    /// <summary>The value in force and where it comes from.</summary>
    /// <param name="own">What was set for the topic itself.</param>
    internal (string? Value, ConfigSource Source) Resolve(ConfigDefinition definition, IReadOnlyDictionary<string, string> own) =>
        broker.Resolve(definition, own, ConfigSource.Topic);

    /// <summary>The settings in force for a topic, parsed.</summary>
    internal TopicConfig For(string topic) => For(configs.Of(new ConfigResource(ConfigResourceKind.Topic, topic)));

    /// <summary>The settings in force for a topic with these settings of its own, parsed.</summary>
    internal TopicConfig For(IReadOnlyDictionary<string, string> own)
    {
        var stampLogAppendTime = Text("message.timestamp.type") == "LogAppendTime";
        var policies = List(Text("cleanup.policy"));
        var isCompacted = policies.Contains("compact", StringComparer.Ordinal);
        var isDeletedByAge = policies.Contains("delete", StringComparer.Ordinal);
        return new TopicConfig
        {
            Batches = new BatchRules
            {
                MessageBytesMax = Int(Text("max.message.bytes")),
                TimestampType = stampLogAppendTime ? TimestampType.LogAppendTime : TimestampType.CreateTime,
                TimestampBeforeMsMax = Long(Text("message.timestamp.before.max.ms")),
                TimestampAfterMsMax = Long(Text("message.timestamp.after.max.ms")),
                Compression = Codec(Text("compression.type")),
                KeysRequired = isCompacted,
            },
            MessageBytesMax = Int(Text("max.message.bytes")),
            IsCompacted = isCompacted,
            KeepsLastOfEachKey = isCompacted && !isDeletedByAge,
            StampLogAppendTime = stampLogAppendTime,
            TimestampBeforeMaxMs = Long(Text("message.timestamp.before.max.ms")),
            TimestampAfterMaxMs = Long(Text("message.timestamp.after.max.ms")),
            CompressionType = Text("compression.type"),
            Log = new LogConfig
            {
                SegmentBytesMax = Int(Text("segment.bytes")),
                SegmentMs = Long(Text("segment.ms")),
                SegmentIndexBytesMax = Int(Text("segment.index.bytes")),
                IndexIntervalBytes = Int(Text("index.interval.bytes")),
                RetentionMs = isDeletedByAge ? Long(Text("retention.ms")) : -1,
                RetentionBytes = isDeletedByAge ? Long(Text("retention.bytes")) : -1,
                SegmentJitterMs = Long(Text("segment.jitter.ms")),
                FileDeleteDelayMs = Long(Text("file.delete.delay.ms")),
                IsCompacted = isCompacted,
                MinCleanableDirtyRatio = Double(Text("min.cleanable.dirty.ratio")),
                MinCompactionLagMs = Long(Text("min.compaction.lag.ms")),
                MaxCompactionLagMs = Long(Text("max.compaction.lag.ms")),
                DeleteRetentionMs = Long(Text("delete.retention.ms")),
                StampLogAppendTime = stampLogAppendTime,
                FlushOs = Text("chronik.flush") == "os",
                ProducerIdExpirationMs = broker.ProducerIdExpirationMs,
            },
        };

        string Text(string name) => Resolve(TopicConfigs.ByName[name], own).Value!;
    }

    private static CompressionCodec? Codec(string compressionType) => compressionType switch
    {
        "producer" => null,
        "uncompressed" => CompressionCodec.None,
        _ => Enum.Parse<CompressionCodec>(compressionType, ignoreCase: true),
    };
}

using Chronik.Broker.Configs;
using Chronik.Catalog;

namespace Chronik.Broker.Importing;

/// <summary>What topics of Kafka are in the catalog: their rows, settings, committed offsets and groups.</summary>
internal static class ImportRows
{
    /// <summary>Makes the rows.</summary>
    /// <param name="taken">The topics that are taken.</param>
    /// <param name="image">What Kafka's metadata says of them.</param>
    /// <param name="groups">All groups and offsets; those of other topics are left out.</param>
    /// <param name="now">The time, for groups.</param>
    /// <param name="notes">Gets a sentence for each setting that means nothing here.</param>
    internal static ImportJournal Make(
        IReadOnlyCollection<ClusterTopic> taken, ClusterImage image, KafkaGroups groups, DateTimeOffset now, List<string> notes)
    {
        var topics = taken.ToDictionary(static topic => topic.Name, StringComparer.Ordinal);
        var offsets = groups.Offsets
            .Where(entry => topics.TryGetValue(entry.Key.Partition.Topic, out var topic) && topic.Partitions.Contains(entry.Key.Partition.Partition))
            .Select(static entry => new CommittedOffsetRow(
                entry.Key.Group, entry.Key.Partition.Topic, entry.Key.Partition.Partition,
                entry.Value.Offset, entry.Value.LeaderEpoch, entry.Value.Metadata, entry.Value.CommitTimestampMs, entry.Value.ExpireTimestampMs))
            .ToList();
        var configs = new List<ImportJournal.ConfigEntry>();
        foreach (var ((topic, name), value) in image.TopicConfigs.Where(config => topics.ContainsKey(config.Key.Topic)).OrderBy(static config => config.Key))
        {
            if (TopicConfigs.ByName.TryGetValue(name, out var definition) && ConfigValues.Problem(definition, value) is null)
                configs.Add(new ImportJournal.ConfigEntry(topic, name, value));
            else
                notes.Add($"{topic}: the setting {name}={value} means nothing here and was left out.");
        }

        return new ImportJournal(
            [.. taken.Select(static topic => new ImportJournal.TopicEntry(topic.Id.ToString(), topic.Name, topic.Partitions.Count))],
            configs,
            [.. ImportedGroups.Encode(groups, offsets, now)],
            offsets,
            image.NextProducerId);
    }
}

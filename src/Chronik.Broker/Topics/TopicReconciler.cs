using Chronik.Broker.Configs;
using Chronik.Catalog;
using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Broker.Topics;

/// <summary>
/// Brings catalog and logs together at start: ends deletions that a crash interrupted, and takes in topics
/// whose logs lie in the data folder but which the catalog does not know (a folder of Apache Kafka, a lost catalog).
/// Logs that a topic lacks are made afterwards, by whoever opens its partitions. Nothing is deleted that nobody asked to delete.
/// </summary>
internal sealed class TopicReconciler(ICatalog catalog, ILogStore logs, Random random)
{
    // Of a topic whose settings are not known nothing may go: the defaults would delete what somebody keeps for ever.
    private static readonly (string Name, string Value)[] s_keepForEver = [("cleanup.policy", "delete"), ("retention.bytes", "-1"), ("retention.ms", "-1")];

    /// <summary>Returns the topics that there are, and the settings that those have which were taken in.</summary>
    internal async Task<(IReadOnlyList<TopicRow> Topics, IReadOnlyList<ConfigSet> Configs)> RunAsync(CatalogSnapshot snapshot)
    {
        foreach (var deleted in snapshot.DeletedTopics)
            await FinishDeletionAsync(deleted, snapshot);
        var known = snapshot.Topics.ToDictionary(t => t.Name, StringComparer.Ordinal);
        var adopted = Unknown(known).ToArray();
        List<ConfigSet> configs =
        [
            .. from row in adopted
               from setting in s_keepForEver
               select new ConfigSet(new ConfigResource(ConfigResourceKind.Topic, row.Name), setting.Name, setting.Value),
        ];
        if (adopted.Length > 0)
            await catalog.WriteAsync([.. adopted.Select(static row => new TopicCreated(row)), .. configs]);
        return ([.. snapshot.Topics, .. adopted], configs);
    }

    private async Task FinishDeletionAsync(TopicRow deleted, CatalogSnapshot snapshot)
    {
        // By identity: a topic of the same name that was created since keeps its logs.
        var isNameTaken = snapshot.Topics.Any(topic => topic.Name == deleted.Name);
        var left = logs.Logs.Where(log => log.TopicPartition.Topic == deleted.Name
            && (log.TopicId == deleted.Id || (!isNameTaken && IsUnfinished(log))));
        foreach (var log in left.OrderBy(static log => log.TopicPartition.Partition).ToArray())
            await logs.DeleteAsync(log.TopicPartition);

        // What the disk did not let us look at may be of this topic: a later start ends its deletion.
        if (!logs.Unopened.Any(partition => partition.Topic == deleted.Name))
            await catalog.WriteAsync(new TopicPurged(deleted.Id));
    }

    /// <summary>
    /// True where a log's creation failed before it had its identity, so that it never held a record. Taken for a topic that the
    /// catalog does not know, a deleted one would come back.
    /// </summary>
    internal static bool IsUnfinished(IPartitionLog log) => log.TopicId == TopicId.None && log.LogEndOffset == 0;

    private IEnumerable<TopicRow> Unknown(Dictionary<string, TopicRow> known)
    {
        foreach (var topic in logs.Logs.GroupBy(log => log.TopicPartition.Topic, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            if (known.TryGetValue(topic.Key, out var row))
            {
                CheckIdentity(topic, row.Id, $"the catalog has {row.Id}");
                continue;
            }

            if (!TopicName.IsAdoptable(topic.Key))
                continue;
            var id = IdentityOf(topic);
            CheckIdentity(topic, id, $"most of them carry {id}");
            yield return new TopicRow(id, topic.Key, topic.Max(log => log.TopicPartition.Partition) + 1);
        }
    }

    // Folders of Kafka before 2.8 do not tell the topic's identity. Of one that is damaged there are others to tell.
    private TopicId IdentityOf(IEnumerable<IPartitionLog> topic) => topic.Where(static log => log.TopicId != TopicId.None)
        .GroupBy(static log => log.TopicId).OrderByDescending(static same => same.Count()).ThenBy(static same => same.Min(static log => log.TopicPartition.Partition))
        .Select(static same => same.Key).FirstOrDefault() is { } id && id != TopicId.None ? id : TopicId.Create(random);

    // A wrong bit changes one character of the id. Anything else is a folder of another topic, which is not for us to take or to delete.
    private void CheckIdentity(IGrouping<string, IPartitionLog> topic, TopicId id, string whatElse)
    {
        foreach (var log in topic.Where(log => log.TopicId != TopicId.None && log.TopicId != id).OrderBy(static log => log.TopicPartition.Partition))
        {
            if (!IsOneCharacterOff(log.TopicId, id))
                throw new CatalogException($"The logs of topic '{topic.Key}' carry the topic id {log.TopicId} ({log.TopicPartition}), but {whatElse}: move the folders {topic.Key}-* away, or bring back the catalog they belong to.");
            logs.Relabel(log.TopicPartition, id);
        }
    }

    private static bool IsOneCharacterOff(TopicId left, TopicId right) =>
        left.ToString().Zip(right.ToString()).Count(static pair => pair.First != pair.Second) == 1;
}

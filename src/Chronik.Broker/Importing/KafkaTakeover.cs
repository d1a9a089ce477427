using Chronik.Broker.Diagnostics;
using Chronik.Broker.Topics;
using Chronik.Catalog;
using Chronik.Protocol;
using Chronik.Storage;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Microsoft.Extensions.Logging;

namespace Chronik.Broker.Importing;

/// <summary>
/// A start on the data folder of a stopped Kafka: the logs stay where they are, topics with their settings, committed offsets,
/// groups and producer ids are taken out of Kafka's metadata, and the transactions that Kafka left open are ended.
/// </summary>
internal sealed class KafkaTakeover(IFileSystem files, string directory, TimeProvider time, ILogger logger)
{
    // There from before the rows are in the catalog until all transactions are ended.
    private const string UnfinishedFile = "chronik-takeover.unfinished";

    private string Unfinished => $"{directory}/{UnfinishedFile}";

    /// <summary>Takes the rows over, where the folder is Kafka's and the catalog knows nothing yet; returns what the catalog holds then.</summary>
    /// <exception cref="LogStoreException">Kafka's metadata cannot be read.</exception>
    internal async Task<CatalogSnapshot> TakeRowsAsync(ICatalog catalog, CatalogSnapshot stored)
    {
        if (stored.Topics.Count + stored.DeletedTopics.Count + stored.Groups.Count > 0 || !KafkaFolder.HasMetadata(files, directory))
            return stored;
        try
        {
            using var sources = ImportSources.Open(files, [directory], areLocked: true);
            var image = ClusterImageReader.Read(files, sources.Find(new TopicPartition(KafkaFolder.MetadataTopic, 0))!);
            var topics = image.Topics.Values
                .Where(topic => TopicName.IsAdoptable(topic.Name) && topic.Partitions.Any(partition => sources.Find(new TopicPartition(topic.Name, partition)) is not null))
                .OrderBy(static topic => topic.Name, StringComparer.Ordinal).ToList();
            var groups = new KafkaGroupsReader(files, PreparedTransactions.Read(files, sources.PathsOf(KafkaFolder.TransactionsTopic))).Read(sources.PathsOf(KafkaFolder.OffsetsTopic));
            List<string> notes = [];
            var rows = ImportRows.Make(topics, image, groups, time.GetUtcNow(), notes);
            files.Open(Unfinished, FileOpenKind.CreateOrTruncate).Dispose();
            files.SyncDirectory(directory);
            stored = await rows.ApplyAsync(catalog, stored);
            logger.KafkaTakenOver(directory, topics.Count, rows.Configs.Count, rows.Offsets.Count);
            foreach (var note in notes)
                logger.KafkaNote(note);
            foreach (var topic in topics)
            {
                var missing = topic.Partitions.Where(partition => sources.Find(new TopicPartition(topic.Name, partition)) is null).Order().ToList();
                if (missing.Count > 0)
                    logger.KafkaPartitionsMissing(topic.Name, string.Join(", ", missing));
            }

            foreach (var file in groups.DamagedFiles.Distinct(StringComparer.Ordinal))
                logger.KafkaNote($"{file} is damaged: offsets that were committed there may be older than they should be.");
            return stored;
        }
        catch (ImportException error)
        {
            throw new LogStoreException(error.Message, error);
        }
    }

    /// <summary>Ends the transactions that Kafka left open; what the disk does not take is tried again at the next start.</summary>
    internal async Task EndTransactionsAsync(IEnumerable<IPartitionLog> logs)
    {
        if (!files.FileExists(Unfinished))
            return;
        try
        {
            using var sources = ImportSources.Open(files, [directory], areLocked: true);
            var committing = PreparedTransactions.Read(files, sources.PathsOf(KafkaFolder.TransactionsTopic));
            List<string> notes = [];
            foreach (var log in logs)
                await OpenTransactions.EndAsync(log, committing, time, notes);
            foreach (var note in notes.Order(StringComparer.Ordinal))
                logger.KafkaNote(note);
            files.Delete(Unfinished);
            files.SyncDirectory(directory);
        }
        catch (Exception error) when (error is ImportException or IOException)
        {
            logger.KafkaTransactionsLeft(error.Message);
        }
    }
}

using Chronik.Broker.Topics;
using Chronik.Catalog;
using Chronik.Protocol;
using Chronik.Storage.Importing;
using Chronik.Storage.IO;

namespace Chronik.Broker.Importing;

/// <summary>Which topics are taken, decided before anything is written.</summary>
internal sealed class ImportPlan
{
    /// <summary>Those that are taken.</summary>
    internal List<ClusterTopic> Taken { get; } = [];

    /// <summary>Those that are not, and why.</summary>
    internal List<ImportedTopic> LeftOut { get; } = [];

    /// <summary>Decides.</summary>
    /// <exception cref="ImportException">A topic that was asked for is not there, or another of its name is in the data folder.</exception>
    internal static ImportPlan Make(IFileSystem files, ImportRequest request, ImportSources sources, ClusterImage image, CatalogSnapshot stored)
    {
        var plan = new ImportPlan();
        var copier = new PartitionCopier(files);
        foreach (var topic in Wanted(request, image))
        {
            if (stored.Topics.Any(other => other.Id == topic.Id))
                plan.LeaveOut(topic, ImportedTopic.ThereAlready);
            else if (Missing(topic, sources) is { } missing)
                plan.LeaveOut(topic, $"left out: {missing} is not in the folders that were named");
            else if (topic.Partitions.Select(partition => copier.Problem(PathOf(topic, partition, sources))).FirstOrDefault(static problem => problem is not null) is { } problem)
                plan.LeaveOut(topic, $"left out: {problem}");
            else
                plan.Take(topic, files, request.DataDirectory, stored);
        }

        return plan;
    }

    private static List<ClusterTopic> Wanted(ImportRequest request, ClusterImage image)
    {
        var all = image.Topics.Values.Where(static topic => TopicName.IsAdoptable(topic.Name)).OrderBy(static topic => topic.Name, StringComparer.Ordinal).ToList();
        if (request.Topics.Count == 0)
            return all;
        foreach (var name in request.Topics)
        {
            if (all.TrueForAll(topic => topic.Name != name))
                throw new ImportException($"Kafka's folder has no topic '{name}'; it has {(all.Count == 0 ? "none" : string.Join(", ", all.Select(static topic => topic.Name)))}.");
        }

        return all.FindAll(topic => request.Topics.Contains(topic.Name, StringComparer.Ordinal));
    }

    private static TopicPartition? Missing(ClusterTopic topic, ImportSources sources)
    {
        for (var i = 0; i < topic.Partitions.Count; i++)
        {
            var partition = new TopicPartition(topic.Name, i);
            if (!topic.Partitions.Contains(i) || sources.Find(partition) is null)
                return partition;
        }

        return null;
    }

    private static string PathOf(ClusterTopic topic, int partition, ImportSources sources) => sources.Find(new TopicPartition(topic.Name, partition))!;

    private void LeaveOut(ClusterTopic topic, string why) =>
        LeftOut.Add(new ImportedTopic(topic.Name, topic.Id.ToString(), topic.Partitions.Count, 0, 0, why));

    private void Take(ClusterTopic topic, IFileSystem files, string dataDirectory, CatalogSnapshot stored)
    {
        if (stored.Topics.FirstOrDefault(other => TopicName.CollisionKey(other.Name) == TopicName.CollisionKey(topic.Name)) is { } other)
            throw new ImportException($"{dataDirectory} has another topic '{other.Name}' already: delete that, or name the topics to take with --topic, without '{topic.Name}'.");
        if (topic.Partitions.Select(partition => $"{dataDirectory}/{new TopicPartition(topic.Name, partition)}").FirstOrDefault(files.DirectoryExists) is { } folder)
            throw new ImportException($"There is a folder {folder} already, of no topic that is known: move it away.");
        Taken.Add(topic);
    }
}

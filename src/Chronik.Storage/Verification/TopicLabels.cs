using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Recovery;

namespace Chronik.Storage.Verification;

/// <summary>Which topic the folders of one name belong to: all carry the same id, so one that is damaged is outvoted.</summary>
internal sealed class TopicLabels(IFileSystem files, string dataDirectory)
{
    private readonly Lazy<Dictionary<string, TopicId>> _ids = new(() => ReadAll(files, dataDirectory));

    /// <summary>The id that most folders of a topic carry; none where none does, or no more than another.</summary>
    public TopicId IdOf(string topic) => _ids.Value.GetValueOrDefault(topic);

    private static Dictionary<string, TopicId> ReadAll(IFileSystem files, string dataDirectory)
    {
        var labels = new List<(string Topic, TopicId Id)>();
        foreach (var folder in files.ListDirectories(dataDirectory))
        {
            if (LogFolder.TryParse(folder, out var partition) && PartitionMetadata.Read(files, $"{dataDirectory}/{folder}") is var id && id != TopicId.None)
                labels.Add((partition.Topic, id));
        }

        return labels.GroupBy(static label => label.Topic, StringComparer.Ordinal).ToDictionary(static topic => topic.Key, Majority, StringComparer.Ordinal);
    }

    private static TopicId Majority(IEnumerable<(string Topic, TopicId Id)> topic)
    {
        var votes = topic.GroupBy(static label => label.Id).OrderByDescending(static same => same.Count()).Take(2).ToList();
        return votes.Count == 1 || votes[0].Count() > votes[1].Count() ? votes[0].Key : TopicId.None;
    }
}

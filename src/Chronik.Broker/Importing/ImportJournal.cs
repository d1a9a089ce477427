using System.Text.Json;
using System.Text.Json.Serialization;
using Chronik.Catalog;
using Chronik.Protocol;
using Chronik.Storage.Importing;
using Chronik.Storage.IO;

namespace Chronik.Broker.Importing;

/// <summary>
/// What an import puts into the catalog, kept with the staged logs until it is there: so that topics and their records
/// come all or not at all, whenever the process ends.
/// </summary>
internal sealed record ImportJournal(
    IReadOnlyList<ImportJournal.TopicEntry> Topics,
    IReadOnlyList<ImportJournal.ConfigEntry> Configs,
    IReadOnlyList<ImportJournal.GroupEntry> Groups,
    IReadOnlyList<CommittedOffsetRow> Offsets,
    long NextProducerId)
{
    private const string FileName = "catalog.json";

    /// <summary>A topic.</summary>
    internal sealed record TopicEntry(string Id, string Name, int PartitionCount);

    /// <summary>A config of a topic.</summary>
    internal sealed record ConfigEntry(string Topic, string Name, string Value);

    /// <summary>A group, its state as its coordinator encodes it.</summary>
    internal sealed record GroupEntry(string GroupId, byte[] State);

    /// <summary>Writes it into the folder of staged logs; durable when it returns.</summary>
    internal void Save(IFileSystem files, string directory)
    {
        using var file = files.Open($"{directory}/{FileName}", FileOpenKind.CreateOrTruncate);
        file.Write(JsonSerializer.SerializeToUtf8Bytes(this, ImportJson.Default.ImportJournal), 0);
        file.Sync();
    }

    /// <summary>
    /// Ends an import whose logs are moved in: puts the rows into the catalog that are not there yet, then removes the
    /// folder. Returns what the catalog holds then. Does nothing where no import is waiting.
    /// </summary>
    /// <exception cref="CatalogException">The catalog refused; the import still waits.</exception>
    internal static async Task<CatalogSnapshot> FinishAsync(IFileSystem files, string dataDirectory, ICatalog catalog, CatalogSnapshot stored)
    {
        var stage = $"{dataDirectory}/{StagedLogs.Folder}";
        if (!files.DirectoryExists(stage))
            return stored;
        if (files.FileExists($"{stage}/{FileName}"))
            stored = await Load(files, $"{stage}/{FileName}").ApplyAsync(catalog, stored);
        files.DeleteDirectory(stage);
        files.SyncDirectory(dataDirectory);
        return stored;
    }

    private static ImportJournal Load(IFileSystem files, string path)
    {
        using var file = files.Open(path, FileOpenKind.Read);
        var bytes = new byte[file.Length];
        var read = file.Read(bytes, 0);
        try
        {
            return JsonSerializer.Deserialize(bytes.AsSpan(0, read), ImportJson.Default.ImportJournal)!;
        }
        catch (JsonException error)
        {
            throw new CatalogException($"{path}, which an interrupted import left, cannot be read: delete {StagedLogs.Folder} with what is in it and the folders of its topics, then import again.", error);
        }
    }

    /// <summary>Puts the rows into the catalog, in one transaction, unless they are there; returns what it holds then.</summary>
    internal async Task<CatalogSnapshot> ApplyAsync(ICatalog catalog, CatalogSnapshot stored)
    {
        var known = stored.Topics.Select(static topic => topic.Id).ToHashSet();
        var topics = Topics.Select(static topic => new TopicRow(Identity(topic), topic.Name, topic.PartitionCount)).Where(topic => !known.Contains(topic.Id)).ToList();

        // One transaction put them there: where one of its topics is, all is.
        if (topics.Count == 0 && Topics.Count > 0)
            return stored;
        var configs = Configs.Select(static config => new ConfigRow(new ConfigResource(Broker.Configs.ConfigResourceKind.Topic, config.Topic), config.Name, config.Value)).ToList();
        var groups = Groups.Select(static group => new GroupRow(group.GroupId, GroupKind.Classic, group.State))
            .Where(group => stored.Groups.All(other => other.GroupId != group.GroupId)).ToList();
        var nextProducerId = Math.Max(NextProducerId, stored.NextProducerId);
        var changes = new List<CatalogChange>();
        changes.AddRange(topics.Select(static topic => new TopicCreated(topic)));
        changes.AddRange(configs.Select(static config => new ConfigSet(config.Resource, config.Name, config.Value)));
        changes.AddRange(groups.Select(static group => new GroupSaved(group.GroupId, group.Kind, group.State)));
        changes.AddRange(Offsets.Select(static offset => new OffsetCommitted(offset)));
        if (nextProducerId > stored.NextProducerId)
            changes.Add(new ProducerIdsTaken(nextProducerId));
        if (changes.Count > 0)
            await catalog.WriteAsync(changes);
        return stored with
        {
            Topics = [.. stored.Topics, .. topics],
            Configs = [.. stored.Configs, .. configs],
            Groups = [.. stored.Groups, .. groups],
            Offsets = [.. stored.Offsets, .. Offsets],
            NextProducerId = nextProducerId,
        };
    }

    private static TopicId Identity(TopicEntry topic) =>
        TopicId.TryParse(topic.Id, out var id) ? id : throw new CatalogException($"The journal of an import names topic '{topic.Name}' with the id '{topic.Id}', which is none.");
}


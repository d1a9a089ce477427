using System.Collections.Immutable;
using Chronik.Catalog;
using Chronik.Protocol;

namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>All rows of a catalog, as one value: a commit makes another one.</summary>
internal sealed record CatalogRows(string ClusterId)
{
    private const byte TopicKind = 2;

    public ImmutableSortedDictionary<string, TopicRow> Topics { get; init; } = Empty<TopicRow>();

    public ImmutableSortedDictionary<string, TopicRow> DeletedTopics { get; init; } = Empty<TopicRow>();

    public ImmutableSortedDictionary<(byte Kind, string Resource, string Name), string> Configs { get; init; } =
        ImmutableSortedDictionary.Create<(byte Kind, string Resource, string Name), string>();

    public ImmutableSortedDictionary<string, GroupRow> Groups { get; init; } = Empty<GroupRow>();

    public ImmutableSortedDictionary<(string Group, string Topic, int Partition), CommittedOffsetRow> Offsets { get; init; } =
        ImmutableSortedDictionary.Create<(string Group, string Topic, int Partition), CommittedOffsetRow>();

    public long NextProducerId { get; init; }

    public CatalogSnapshot Snapshot() => new(
        ClusterId,
        [.. Topics.Values],
        [.. DeletedTopics.Values],
        [.. Configs.Select(static config => new ConfigRow(new ConfigResource(config.Key.Kind, config.Key.Resource), config.Key.Name, config.Value))],
        [.. Groups.Values],
        [.. Offsets.Values],
        NextProducerId);

    /// <summary>With one change more.</summary>
    /// <exception cref="CatalogException">A row that it needs is missing, or one is there already.</exception>
    public CatalogRows With(CatalogChange change) => change switch
    {
        TopicCreated(var row) => Topics.ContainsKey(row.Name)
            ? throw new CatalogException($"There is a topic {row.Name} already.")
            : this with { Topics = Topics.Add(row.Name, row) },
        PartitionsAdded(var id, var count) => this with { Topics = Topics.SetItem(Topic(id).Name, Topic(id) with { PartitionCount = count }) },
        TopicDeleted(var id) => Without(Topic(id)),
        TopicPurged(var id) => this with { DeletedTopics = DeletedTopics.Remove(id.ToString()) },
        ConfigSet(var resource, var name, null) => this with { Configs = Configs.Remove((resource.Kind, resource.Name, name)) },
        ConfigSet(var resource, var name, var value) => this with { Configs = Configs.SetItem((resource.Kind, resource.Name, name), value) },
        GroupSaved(var id, var kind, var state) => this with { Groups = Groups.SetItem(id, new GroupRow(id, kind, state.ToArray())) },
        GroupDeleted(var id) => this with
        {
            Groups = Groups.Remove(id),
            Offsets = Offsets.RemoveRange(Offsets.Keys.Where(key => key.Group == id)),
        },
        OffsetCommitted { TopicId: var id } when !Topics.Values.Any(topic => topic.Id == id) => this,
        OffsetCommitted(var row, _) => this with { Offsets = Offsets.SetItem((row.GroupId, row.Topic, row.Partition), row) },
        OffsetDeleted(var group, var topic, var partition) => this with { Offsets = Offsets.Remove((group, topic, partition)) },
        ProducerIdsTaken(var next) => next >= NextProducerId
            ? this with { NextProducerId = next }
            : throw new CatalogException($"Producer ids above {next} are taken already."),
        _ => throw new CatalogException($"The catalog does not know the change {change.GetType().Name}."),
    };

    private TopicRow Topic(TopicId id) =>
        Topics.Values.FirstOrDefault(row => row.Id == id) ?? throw new CatalogException($"The catalog holds no topic with the id {id}.");

    private CatalogRows Without(TopicRow topic) => this with
    {
        Topics = Topics.Remove(topic.Name),
        DeletedTopics = DeletedTopics.SetItem(topic.Id.ToString(), topic),
        Configs = Configs.RemoveRange(Configs.Keys.Where(key => key.Kind == TopicKind && key.Resource == topic.Name)),
        Offsets = Offsets.RemoveRange(Offsets.Keys.Where(key => key.Topic == topic.Name)),
    };

    private static ImmutableSortedDictionary<string, T> Empty<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}

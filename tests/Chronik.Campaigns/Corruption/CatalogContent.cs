using System.Globalization;
using Chronik.Catalog;

namespace Chronik.Campaigns.Corruption;

/// <summary>All rows of a catalog, as text that can be compared.</summary>
internal sealed class CatalogContent
{
    private readonly SortedDictionary<string, string> _rows = new(StringComparer.Ordinal);

    public CatalogContent(CatalogSnapshot snapshot)
    {
        _rows["cluster"] = snapshot.ClusterId;
        _rows["producer ids"] = Text(snapshot.NextProducerId);
        foreach (var topic in snapshot.Topics)
            Apply(new TopicCreated(topic));
        foreach (var topic in snapshot.DeletedTopics)
            _rows[$"deleted {topic.Id}"] = topic.ToString();
        foreach (var config in snapshot.Configs)
            Apply(new ConfigSet(config.Resource, config.Name, config.Value));
        foreach (var group in snapshot.Groups)
            Apply(new GroupSaved(group.GroupId, group.Kind, group.State));
        foreach (var offset in snapshot.Offsets)
            Apply(new OffsetCommitted(offset));
    }

    public void Apply(CatalogChange change)
    {
        switch (change)
        {
            case TopicCreated created:
                _rows[$"topic {created.Topic.Id}"] = created.Topic.ToString();
                break;
            case ConfigSet set:
                _rows[$"config {set.Resource} {set.Name}"] = $"{set.Value}";
                break;
            case GroupSaved saved:
                _rows[$"group {saved.GroupId}"] = $"{saved.Kind} {Convert.ToHexString(saved.State.Span)}";
                break;
            case OffsetCommitted committed:
                _rows[$"offset {committed.Offset.GroupId} {committed.Offset.Topic} {Text(committed.Offset.Partition)}"] = committed.Offset.ToString();
                break;
            case ProducerIdsTaken taken:
                _rows["producer ids"] = Text(taken.NextProducerId);
                break;
            default:
                throw new ArgumentException($"{change} is not made here.");
        }
    }

    public override string ToString() => string.Join('\n', _rows.Select(static row => $"{row.Key}: {row.Value}"));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

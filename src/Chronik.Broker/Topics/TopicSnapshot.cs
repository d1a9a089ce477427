using System.Diagnostics.CodeAnalysis;
using Chronik.Protocol;

namespace Chronik.Broker.Topics;

/// <summary>All topics at one moment; readers keep it as long as they like.</summary>
internal sealed class TopicSnapshot
{
    /// <summary>No topics.</summary>
    internal static readonly TopicSnapshot Empty = new([], new(StringComparer.Ordinal), []);

    private readonly List<Topic> _sorted;
    private readonly Dictionary<string, Topic> _byName;
    private readonly Dictionary<TopicId, Topic> _byId;

    private TopicSnapshot(List<Topic> sorted, Dictionary<string, Topic> byName, Dictionary<TopicId, Topic> byId)
    {
        _sorted = sorted;
        _byName = byName;
        _byId = byId;
    }

    /// <summary>All topics by name, in ordinal order.</summary>
    internal IReadOnlyList<Topic> Topics => _sorted;

    /// <summary>Looks a topic up by its name.</summary>
    internal bool TryGet(string name, [NotNullWhen(true)] out Topic? topic) => _byName.TryGetValue(name, out topic);

    /// <summary>Looks a topic up by its identity.</summary>
    internal bool TryGet(TopicId id, [NotNullWhen(true)] out Topic? topic) => _byId.TryGetValue(id, out topic);

    /// <summary>A topic of another name that differs from <paramref name="name"/> in '.' and '_' alone, or null.</summary>
    internal Topic? Colliding(string name)
    {
        var firstDot = name.AsSpan().IndexOfAny('.', '_');
        if (firstDot < 0)
            return null;
        var key = TopicName.CollisionKey(name);
        // What comes before the first '.' or '_' is the same in both names: only that range is searched.
        var prefix = name[..firstDot];
        for (var i = IndexFrom(prefix); i < _sorted.Count && _sorted[i].Name.StartsWith(prefix, StringComparison.Ordinal); i++)
        {
            var other = _sorted[i];
            if (other.Name.Length == name.Length && other.Name != name && TopicName.CollisionKey(other.Name) == key)
                return other;
        }
        return null;
    }

    /// <summary>The position of the first topic at or after <paramref name="name"/>.</summary>
    internal int IndexFrom(string name)
    {
        var (low, high) = (0, _sorted.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (string.CompareOrdinal(_sorted[middle].Name, name) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>The same with these topics added, or in place of those of the same name.</summary>
    internal TopicSnapshot With(params IReadOnlyCollection<Topic> topics)
    {
        var next = Copy();
        foreach (var topic in topics)
        {
            var at = next.IndexFrom(topic.Name);
            if (next._byName.TryGetValue(topic.Name, out var old))
            {
                next._byId.Remove(old.Id);
                next._sorted[at] = topic;
            }
            else
            {
                next._sorted.Insert(at, topic);
            }
            next._byName[topic.Name] = topic;
            next._byId[topic.Id] = topic;
        }
        return next;
    }

    /// <summary>The same without this topic.</summary>
    internal TopicSnapshot Without(Topic topic)
    {
        var next = Copy();
        next._sorted.RemoveAt(next.IndexFrom(topic.Name));
        next._byName.Remove(topic.Name);
        next._byId.Remove(topic.Id);
        return next;
    }

    private TopicSnapshot Copy() => new([.. _sorted], new(_byName, StringComparer.Ordinal), new(_byId));
}

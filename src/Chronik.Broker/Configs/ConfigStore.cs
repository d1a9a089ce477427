using System.Collections.Immutable;
using Chronik.Catalog;

namespace Chronik.Broker.Configs;

/// <summary>The configs that were set while brokers ran: of topics, groups and brokers, from the catalog.</summary>
internal sealed class ConfigStore(ICatalog catalog)
{
    private static readonly ImmutableSortedDictionary<string, string> Nothing = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private volatile ImmutableDictionary<ConfigResource, ImmutableSortedDictionary<string, string>> _values =
        ImmutableDictionary<ConfigResource, ImmutableSortedDictionary<string, string>>.Empty;

    /// <summary>Every resource that has configs.</summary>
    internal IEnumerable<ConfigResource> Resources => _values.Keys;

    /// <summary>Another object after each change: what was worked out from the configs holds as long as it is the same.</summary>
    internal object Version => _values;

    /// <summary>What was set for this resource, by name; empty for nothing.</summary>
    internal IReadOnlyDictionary<string, string> Of(ConfigResource resource) => _values.GetValueOrDefault(resource, Nothing);

    /// <summary>Takes over what the catalog held at start.</summary>
    internal void Load(IReadOnlyList<ConfigRow> rows)
    {
        foreach (var row in rows)
            Apply(new ConfigSet(row.Resource, row.Name, row.Value));
    }

    /// <summary>Makes the changes durable, all or nothing, then lets them be seen.</summary>
    /// <exception cref="CatalogException">Nothing was changed.</exception>
    internal async Task SetAsync(IReadOnlyList<ConfigSet> changes)
    {
        if (changes.Count == 0)
            return;
        await catalog.WriteAsync(changes);
        foreach (var change in changes)
            Apply(change);
    }

    /// <summary>Applies a change that the caller has stored itself, with others.</summary>
    internal void Apply(ConfigSet change)
    {
        lock (_lock)
        {
            var values = _values.GetValueOrDefault(change.Resource, Nothing);
            values = change.Value is null ? values.Remove(change.Name) : values.SetItem(change.Name, change.Value);
            _values = values.IsEmpty ? _values.Remove(change.Resource) : _values.SetItem(change.Resource, values);
        }
    }

    /// <summary>Forgets a resource whose rows the catalog has removed with it.</summary>
    internal void Forget(ConfigResource resource)
    {
        lock (_lock)
            _values = _values.Remove(resource);
    }
}

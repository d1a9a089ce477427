using Chronik.Catalog;

namespace Chronik.Broker.Tests.Importing;

/// <summary>A catalog that outlives the processes of a test, and refuses, or takes without an answer, while a test says so.</summary>
internal sealed class RowCatalog(Func<bool> refuses, Func<bool>? losesAnswer = null) : ICatalog
{
    private CatalogSnapshot _stored = new("cluster", [], [], [], [], [], 0);

    public Task<CatalogSnapshot> LoadAsync() => Task.FromResult(_stored);

    public Task WriteAsync(params IReadOnlyList<CatalogChange> changes)
    {
        if (refuses())
            throw new CatalogException("The disk is full.");
        _stored = changes.Aggregate(_stored, static (stored, change) => change switch
        {
            TopicCreated(var topic) => stored with { Topics = [.. stored.Topics, topic] },
            ConfigSet(var resource, var name, var value) => stored with { Configs = [.. stored.Configs, new ConfigRow(resource, name, value!)] },
            OffsetCommitted(var offset, _) => stored with { Offsets = [.. stored.Offsets, offset] },
            GroupSaved(var id, var kind, var state) => stored with { Groups = [.. stored.Groups, new GroupRow(id, kind, state)] },
            ProducerIdsTaken(var next) => stored with { NextProducerId = next },
            _ => throw new CatalogException($"Not expected: {change}."),
        });
        return losesAnswer?.Invoke() == true ? throw new CatalogException("The disk is gone.") : Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

using Chronik.Catalog;

namespace Chronik.Broker.Tests.Topics;

/// <summary>A catalog that refuses the changes which a test chooses.</summary>
internal sealed class RefusingCatalog(ICatalog inner, Func<CatalogChange, bool> refuses) : ICatalog
{
    public Task<CatalogSnapshot> LoadAsync() => inner.LoadAsync();

    public Task WriteAsync(params IReadOnlyList<CatalogChange> changes) =>
        changes.Any(refuses) ? throw new CatalogException("The disk is full.") : inner.WriteAsync(changes);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

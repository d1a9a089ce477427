namespace Chronik.Catalog;

/// <summary>All state of a broker that is not records, as rows of an SQL database.</summary>
public interface ICatalog : IAsyncDisposable
{
    /// <summary>Reads everything; called once at start.</summary>
    Task<CatalogSnapshot> LoadAsync();

    /// <summary>
    /// Makes the changes durable, all or nothing. Changes of many callers share one SQL transaction (group commit);
    /// those of one caller apply in the order of their calls.
    /// </summary>
    /// <exception cref="CatalogException">The database refused; nothing of these changes is stored.</exception>
    Task WriteAsync(params IReadOnlyList<CatalogChange> changes);
}

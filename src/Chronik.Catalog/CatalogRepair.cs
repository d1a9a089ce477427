using System.Globalization;
using Chronik.Catalog.Sqlite;
using Chronik.Storage.IO;

namespace Chronik.Catalog;

/// <summary>What can be done about a damaged catalog. The caller holds the data folder.</summary>
public static class CatalogRepair
{
    /// <summary>Behind the names of what is kept aside.</summary>
    public const string Aside = ".damaged";

    // Blocks of producer ids that may have been taken since the last checkpoint are a thousand each.
    private const long ProducerIdsSkipped = 1_000_000;
    private static readonly string[] s_parts = ["", "-wal", "-shm"];

    /// <summary>What is wrong with a catalog, as a sentence; null if nothing is known to be. Nothing is changed.</summary>
    public static string? FindDamage(IFileSystem files, string path)
    {
        using var sums = new PageSums(files, path);
        return sums.FindDamage() is { } damage ? $"The catalog {path} {damage}." : null;
    }

    /// <summary>Whether a start would take it. Like a start, this may change the files, but nothing of what they say.</summary>
    public static async Task<bool> CanStartAsync(string path, Random random, TaskScheduler scheduler)
    {
        try
        {
            await using var catalog = new SqliteCatalog(path, random, scheduler);
            await catalog.LoadAsync();
            return true;
        }
        catch (CatalogException)
        {
            return false;
        }
    }

    /// <summary>
    /// Keeps the files aside, and puts a catalog without topics in their place: the next start takes the topics from their folders. The cluster
    /// stays the same where that is known, and no producer id is given out again.
    /// </summary>
    /// <returns>The name behind which the old files are now.</returns>
    /// <exception cref="CatalogException">The new catalog could not be made.</exception>
    public static async Task<string> RebuildAsync(IFileSystem files, string path, Random random, TaskScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(files);
        string clusterId;
        long producerIds;
        using (var sums = new PageSums(files, path))
            (clusterId, producerIds) = (sums.ClusterId, sums.NextProducerId);
        var aside = path + Aside;
        for (var i = 2; s_parts.Any(part => files.FileExists(aside + part)); i++)
            aside = string.Create(CultureInfo.InvariantCulture, $"{path}{Aside}.{i}");

        // The sums stay until there are new ones: a start in between finds that the catalog is missing, and says so.
        foreach (var part in s_parts)
        {
            if (files.FileExists(path + part))
                files.Rename(path + part, aside + part);
        }

        await using var catalog = new SqliteCatalog(path, random, scheduler) { TrustsFiles = true, NewClusterId = clusterId.Length > 0 ? clusterId : null };
        await catalog.LoadAsync();
        await catalog.WriteAsync(new ProducerIdsTaken(producerIds + ProducerIdsSkipped));
        return aside;
    }

    /// <summary>Takes the files as SQLite reads them: for who changed them by hand, or knows that what is wrong with them does not matter.</summary>
    /// <exception cref="CatalogException">SQLite cannot read them.</exception>
    public static async Task<CatalogSnapshot> TrustAsync(string path, Random random, TaskScheduler scheduler)
    {
        await using var catalog = new SqliteCatalog(path, random, scheduler) { TrustsFiles = true };
        return await catalog.LoadAsync();
    }
}

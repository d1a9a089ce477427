using Chronik.Catalog.Sqlite;

namespace Chronik.Catalog;

/// <summary>Makes catalogs; which database they are of is nobody's business but theirs.</summary>
public static class Catalogs
{
    /// <summary>The path of a catalog in memory, gone when it is disposed.</summary>
    public const string InMemory = ":memory:";

    /// <summary>The catalog of a single broker, in a file of its data folder.</summary>
    /// <remarks>The file is opened past the broker's file system seam: a broker that must not touch the disk gets <see cref="InMemory"/>.</remarks>
    /// <param name="path">The file, made if missing (its folder is not), or <see cref="InMemory"/>.</param>
    /// <param name="random">Where the cluster id of a new catalog comes from.</param>
    /// <param name="scheduler">Where the writer runs.</param>
    public static ICatalog Embedded(string path, Random random, TaskScheduler scheduler) => new SqliteCatalog(path, random, scheduler);
}

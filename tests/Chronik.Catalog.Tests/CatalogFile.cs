using Chronik.Catalog.Sqlite;
using Chronik.Protocol;
using Microsoft.Data.Sqlite;

namespace Chronik.Catalog.Tests;

/// <summary>A database file in a folder of its own, gone when disposed.</summary>
internal sealed class CatalogFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chronik-catalog-").FullName;

    internal string Path => System.IO.Path.Combine(_folder, "catalog.db");

    internal static TopicId Id(int n) => new(new Guid(n, 1, 2, [3, 4, 5, 6, 7, 8, 9, 10]));

    internal SqliteCatalog New(int seed = 1, TaskScheduler? scheduler = null) => new(Path, new Random(seed), scheduler ?? TaskScheduler.Default);

    /// <summary>What a broker that starts now would see.</summary>
    internal async Task<CatalogSnapshot> ReadAsync()
    {
        await using var catalog = New();
        return await catalog.LoadAsync();
    }

    /// <summary>Runs SQL past the catalog, as somebody with the sqlite3 shell, who takes the sums away that do not fit any more.</summary>
    internal void Execute(string sql)
    {
        File.Delete(Path + PageSums.Suffix);
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    internal SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Path};Pooling=False;Default Timeout=1");
        connection.Open();
        return connection;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

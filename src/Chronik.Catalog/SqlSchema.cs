using System.Data.Common;

namespace Chronik.Catalog;

/// <summary>Brings a database to the schema that this program knows, step by step, in one transaction.</summary>
internal static class SqlSchema
{
    /// <summary>Applies the steps that are missing; the database may be empty.</summary>
    /// <exception cref="CatalogException">A newer program wrote this database.</exception>
    internal static void Migrate(DbConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY)";
        command.ExecuteNonQuery();
        command.CommandText = "SELECT COALESCE(MAX(version), 0) FROM schema_version";
        var current = Convert.ToInt32(command.ExecuteScalar());
        var migrations = SqlScript.Migrations();
        if (current > migrations[^1].Version)
        {
            throw new CatalogException(
                $"The catalog was written by a newer Chronik: its schema is {current}, this program knows {migrations[^1].Version}. Start the newer program.");
        }
        foreach (var (version, text) in migrations)
        {
            if (version <= current)
                continue;
            command.CommandText = text;
            command.ExecuteNonQuery();
            command.CommandText = $"INSERT INTO schema_version (version) VALUES ({version})";
            command.ExecuteNonQuery();
        }
        transaction.Commit();
    }
}

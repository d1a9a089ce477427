using System.Data.Common;
using Chronik.Protocol;

namespace Chronik.Catalog;

/// <summary>Reads the whole catalog from a connection.</summary>
internal static class SqlSnapshot
{
    internal static CatalogSnapshot Load(DbConnection connection)
    {
        var (clusterId, nextProducerId) = Rows(connection, "load-cluster", row => (row.GetString(0), row.GetInt64(1)))[0];
        return new CatalogSnapshot(
            clusterId,
            Rows(connection, "load-topics", Topic),
            Rows(connection, "load-deleted-topics", Topic),
            Rows(connection, "load-configs", row => new ConfigRow(new ConfigResource((byte)row.GetInt32(0), row.GetString(1)), row.GetString(2), row.GetString(3))),
            Rows(connection, "load-groups", row => new GroupRow(row.GetString(0), (GroupKind)row.GetInt32(1), (byte[])row.GetValue(2))),
            Rows(connection, "load-offsets", Offset),
            nextProducerId);
    }

    /// <summary>Whether a cluster id was given to this database.</summary>
    internal static bool HasCluster(DbConnection connection) => Rows(connection, "load-cluster", static _ => true).Count > 0;

    private static TopicRow Topic(DbDataReader row) =>
        TopicId.TryParse(row.GetString(0), out var id)
            ? new TopicRow(id, row.GetString(1), row.GetInt32(2))
            : throw new CatalogException($"The catalog is damaged: the topic {row.GetString(1)} has the id '{row.GetString(0)}'.");

    private static CommittedOffsetRow Offset(DbDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetInt32(2),
        row.GetInt64(3),
        row.GetInt32(4),
        row.IsDBNull(5) ? null : row.GetString(5),
        row.GetInt64(6),
        row.GetInt64(7));

    private static List<T> Rows<T>(DbConnection connection, string statement, Func<DbDataReader, T> read)
    {
        using var command = connection.CreateCommand();
        command.CommandText = SqlScript.Statement(statement);
        using var reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }
}

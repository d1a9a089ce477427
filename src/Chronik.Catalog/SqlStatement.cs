using System.Data.Common;

namespace Chronik.Catalog;

/// <summary>A statement that is prepared once and run again and again on one connection.</summary>
internal sealed class SqlStatement : IDisposable
{
    private readonly DbCommand _command;

    /// <summary>Prepares <paramref name="text"/>, whose parameters are <paramref name="parameters"/> in the order of their values.</summary>
    internal SqlStatement(DbConnection connection, string text, params ReadOnlySpan<string> parameters)
    {
        _command = connection.CreateCommand();
        _command.CommandText = text;
        foreach (var name in parameters)
        {
            var parameter = _command.CreateParameter();
            parameter.ParameterName = name;
            _command.Parameters.Add(parameter);
        }
    }

    /// <summary>Runs it with these values and tells how many rows it touched.</summary>
    internal int Run(params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return _command.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public void Dispose() => _command.Dispose();
}

using Chronik.Protocol;
using Microsoft.Data.Sqlite;

namespace Chronik.Catalog.Sqlite;

/// <summary>
/// The embedded catalog: one SQLite database (WAL, synchronous=FULL) with one connection and one writer.
/// </summary>
internal sealed class SqliteCatalog : ICatalog
{
    private readonly string _path;
    private readonly Random _random;
    private readonly TaskScheduler _scheduler;
    private readonly GroupCommit _groupCommit;
    private SqliteConnection? _connection;
    private SqlChanges? _changes;
    private SqlStatement? _begin;
    private SqlStatement? _commit;
    private SqlStatement? _rollback;
    private SqlStatement? _savepoint;
    private SqlStatement? _release;
    private SqlStatement? _rollbackToSavepoint;

    /// <summary>Makes a catalog that opens its database in <see cref="LoadAsync"/>.</summary>
    /// <param name="path">The database file, made if missing (its folder is not), or <see cref="Catalogs.InMemory"/>.</param>
    /// <param name="random">Where the cluster id of a new database comes from.</param>
    /// <param name="scheduler">Where the writer runs.</param>
    public SqliteCatalog(string path, Random random, TaskScheduler scheduler)
    {
        _path = path;
        _random = random;
        _scheduler = scheduler;
        _groupCommit = new GroupCommit(Commit, scheduler);
    }

    /// <summary>How long a change waits for another program that has the database locked.</summary>
    internal int BusyTimeoutSeconds { get; init; } = 5;

    /// <summary>The open connection, for tests that provoke failures.</summary>
    internal SqliteConnection Connection => _connection ?? throw new InvalidOperationException("The catalog is not loaded.");

    /// <inheritdoc/>
    public Task<CatalogSnapshot> LoadAsync() =>
        Task.Factory.StartNew(Load, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);

    /// <inheritdoc/>
    public Task WriteAsync(params IReadOnlyList<CatalogChange> changes) => _groupCommit.WriteAsync(changes);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _groupCommit.CloseAsync();
        foreach (var statement in (IDisposable?[])[_changes, _begin, _commit, _rollback, _savepoint, _release, _rollbackToSavepoint, _connection])
            statement?.Dispose();
    }

    private CatalogSnapshot Load()
    {
        if (_connection is not null)
            throw new InvalidOperationException("The catalog is loaded once.");
        try
        {
            Open();
            return SqlSnapshot.Load(_connection!);
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.Explain(_path, e);
        }
    }

    private void Open()
    {
        var settings = new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false, DefaultTimeout = BusyTimeoutSeconds };
        _connection = new SqliteConnection(settings.ToString());
        _connection.Open();
        using (var pragmas = _connection.CreateCommand())
        {
            pragmas.CommandText = $"PRAGMA busy_timeout = {BusyTimeoutSeconds * 1000}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";
            pragmas.ExecuteNonQuery();
        }
        SqlSchema.Migrate(_connection);
        if (!SqlSnapshot.HasCluster(_connection))
        {
            using var insert = new SqlStatement(_connection, SqlScript.Statement("insert-cluster"), "@cluster_id");
            insert.Run(TopicId.Create(_random).ToString());
        }
        _begin = new SqlStatement(_connection, "BEGIN IMMEDIATE");
        _commit = new SqlStatement(_connection, "COMMIT");
        _rollback = new SqlStatement(_connection, "ROLLBACK");
        _savepoint = new SqlStatement(_connection, "SAVEPOINT caller");
        _release = new SqlStatement(_connection, "RELEASE SAVEPOINT caller");
        _rollbackToSavepoint = new SqlStatement(_connection, "ROLLBACK TO SAVEPOINT caller");
        _changes = new SqlChanges(_connection);
    }

    /// <summary>One SQL transaction for all; a caller whose changes fail is taken back alone.</summary>
    private void Commit(IReadOnlyList<PendingWrite> writes)
    {
        if (_changes is null)
            throw new CatalogException("The catalog is not loaded.");
        try
        {
            _begin!.Run();
            foreach (var write in writes)
                Apply(write);
            _commit!.Run();
        }
        catch (SqliteException e)
        {
            Rollback();
            throw SqliteErrors.Explain(_path, e);
        }
        catch
        {
            Rollback();
            throw;
        }
    }

    private void Apply(PendingWrite write)
    {
        _savepoint!.Run();
        try
        {
            foreach (var change in write.Changes)
                _changes!.Apply(change);
        }
        catch (Exception e) when (e is CatalogException or SqliteException && IsInTransaction)
        {
            write.Failure = e as CatalogException ?? SqliteErrors.Explain(_path, (SqliteException)e);
            _rollbackToSavepoint!.Run();
        }
        _release!.Run();
    }

    /// <summary>After some errors (disk full, I/O) SQLite has rolled the whole transaction back itself.</summary>
    private bool IsInTransaction => SQLitePCL.raw.sqlite3_get_autocommit(_connection!.Handle!) == 0;

    private void Rollback()
    {
        if (IsInTransaction)
            _rollback!.Run();
    }
}

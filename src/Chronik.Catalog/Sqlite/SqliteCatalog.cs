using System.Data;
using System.Globalization;
using Chronik.Protocol;
using Chronik.Storage.IO;
using Microsoft.Data.Sqlite;

namespace Chronik.Catalog.Sqlite;

/// <summary>
/// The embedded catalog: one SQLite database (WAL, synchronous=FULL) with one connection and one writer.
/// </summary>
internal sealed class SqliteCatalog : ICatalog
{
    // About as often as SQLite would by itself.
    private const int ChangesBetweenCheckpoints = 1000;
    private const int NoCheckpointOnClose = 1006;
    private readonly string _path;
    private readonly Random _random;
    private readonly TaskScheduler _scheduler;
    private readonly GroupCommit _groupCommit;
    private SqliteConnection? _connection;
    private SqlChanges? _changes;
    private PageSums? _sums;
    private string _clusterId = "";
    private long _nextProducerId;
    private int _changesSinceCheckpoint;
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

    /// <summary>The files are taken as SQLite reads them, whatever was known of them.</summary>
    internal bool TrustsFiles { get; init; }

    /// <summary>The identity of a new catalog; null for a random one.</summary>
    internal string? NewClusterId { get; init; }

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
        if (_changes is not null)
            TryCheckpoint(isOpen: false);
        foreach (var statement in (IDisposable?[])[_changes, _begin, _commit, _rollback, _savepoint, _release, _rollbackToSavepoint, _connection, _sums])
            statement?.Dispose();
    }

    private CatalogSnapshot Load()
    {
        if (_connection is not null)
            throw new InvalidOperationException("The catalog is loaded once.");
        try
        {
            if (_path != Catalogs.InMemory)
                CheckFiles(_sums = new PageSums(new RealFileSystem(), _path, TrustsFiles));
            Open();
            if (_sums is { Exists: false })
                CheckStructure();
            var snapshot = SqlSnapshot.Load(_connection!);
            (_clusterId, _nextProducerId) = (snapshot.ClusterId, snapshot.NextProducerId);
            if (_sums is not null)
                BeginLog();
            TrySaveSums(isOpen: true);
            return snapshot;
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.Explain(_path, e);
        }
        catch (IOException e)
        {
            throw new CatalogException($"The catalog {_path} cannot be read: {e.Message}", e);
        }
    }

    private void CheckFiles(PageSums sums)
    {
        if (sums.FindDamage() is { } damage)
            throw new CatalogException($"The catalog {_path} {damage}. {SqliteErrors.WhatToDo}");
    }

    // Nothing but its structure can be looked at where there are no sums.
    private void CheckStructure()
    {
        using var check = _connection!.CreateCommand();
        check.CommandText = "PRAGMA quick_check(1)";
        if (check.ExecuteScalar() is not "ok")
            throw new CatalogException($"The catalog {_path} is damaged. {SqliteErrors.WhatToDo}");
    }

    // From here on the write-ahead log is never empty, so that an empty one is noticed. What nobody reads is changed: SQLite writes
    // nothing where nothing changes.
    private void BeginLog()
    {
        if (_sums!.HasLog())
            return;
        using var command = _connection!.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        var version = Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) & int.MaxValue >> 1;
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version + 1}");
        command.ExecuteNonQuery();
    }

    // Sums that could not be written are written before the next checkpoint, or at the next start.
    private bool TrySaveSums(bool isOpen)
    {
        try
        {
            _sums?.Save(_clusterId, _nextProducerId, isOpen);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // First the sums of what it will write. A disk that does not take them has the changes wait in the write-ahead log, where they are durable.
    private void TryCheckpoint(bool isOpen)
    {
        if (_sums is null || _connection?.State != ConnectionState.Open)
            return;
        if (!TrySaveSums(isOpen))
        {
            _ = SQLitePCL.raw.sqlite3_db_config(_connection.Handle!, NoCheckpointOnClose, 1, out _);
            return;
        }

        _changesSinceCheckpoint = 0;
        _ = SQLitePCL.raw.sqlite3_wal_checkpoint_v2(_connection.Handle!, null, SQLitePCL.raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
    }

    private void Open()
    {
        var settings = new SqliteConnectionStringBuilder { DataSource = _path, Pooling = false, DefaultTimeout = BusyTimeoutSeconds };
        _connection = new SqliteConnection(settings.ToString());
        _connection.Open();
        using (var pragmas = _connection.CreateCommand())
        {
            pragmas.CommandText = $"PRAGMA busy_timeout = {BusyTimeoutSeconds * 1000}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0";
            pragmas.ExecuteNonQuery();
        }
        SqlSchema.Migrate(_connection);
        if (!SqlSnapshot.HasCluster(_connection))
        {
            using var insert = new SqlStatement(_connection, SqlScript.Statement("insert-cluster"), "@cluster_id");
            insert.Run(NewClusterId ?? TopicId.Create(_random).ToString());
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
            _changesSinceCheckpoint += writes.Sum(static write => write.Changes.Count);
            foreach (var taken in writes.SelectMany(static write => write.Changes).OfType<ProducerIdsTaken>())
                _nextProducerId = Math.Max(_nextProducerId, taken.NextProducerId);
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

        if (_changesSinceCheckpoint >= ChangesBetweenCheckpoints)
            TryCheckpoint(isOpen: true);
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

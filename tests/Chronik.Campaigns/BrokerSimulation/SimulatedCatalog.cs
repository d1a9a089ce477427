using Chronik.Campaigns.Simulation;
using Chronik.Campaigns.Simulation.Disk;
using Chronik.Catalog;

namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>
/// One process's view of the catalog: rows in memory with what SQLite promises (all or nothing, durable when answered, many
/// callers in one commit), on a disk that fails and processes that die at every commit. SQLite itself is not simulated.
/// </summary>
internal sealed class SimulatedCatalog(CatalogDisk stored, int life, RandomScheduler scheduler) : ICatalog
{
    private readonly Queue<(IReadOnlyList<CatalogChange> Changes, TaskCompletionSource Done)> _pending = new();
    private CatalogRows _rows = null!;
    private bool _isWriting;
    private bool _isClosed;
    private Task<bool> _writer = Task.FromResult(true);

    public Task<CatalogSnapshot> LoadAsync()
    {
        Demand(DiskOperation.Read);
        _rows = stored.Load();
        return Task.FromResult(_rows.Snapshot());
    }

    public Task WriteAsync(params IReadOnlyList<CatalogChange> changes)
    {
        if (_isClosed)
            return Task.FromException(new CatalogException("The catalog is closed."));
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending.Enqueue((changes, done));
        if (!_isWriting)
        {
            _isWriting = true;
            _writer = scheduler.Start(WriteAllAsync);
        }

        return done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        await _writer;
    }

    private async Task<bool> WriteAllAsync()
    {
        while (_pending.Count > 0)
        {
            var taken = _pending.ToArray();
            _pending.Clear();
            CatalogException? failure = null;
            var refused = new Dictionary<TaskCompletionSource, CatalogException>();
            try
            {
                await CommitAsync(taken, refused);
            }
            catch (CatalogException error)
            {
                failure = error;
            }

            foreach (var (_, done) in taken)
            {
                if ((refused.GetValueOrDefault(done) ?? failure) is { } reason)
                    done.SetException(reason);
                else
                    done.SetResult();
            }
        }

        _isWriting = false;
        return true;
    }

    private async Task CommitAsync(
        (IReadOnlyList<CatalogChange> Changes, TaskCompletionSource Done)[] taken, Dictionary<TaskCompletionSource, CatalogException> refused)
    {
        var rows = _rows;
        foreach (var (changes, done) in taken)
        {
            try
            {
                rows = changes.Aggregate(rows, static (before, change) => before.With(change));
            }
            catch (CatalogException error)
            {
                refused.Add(done, error);
            }
        }

        Demand(DiskOperation.Write);
        stored.Write(rows);
        await Task.Yield();
        Demand(DiskOperation.Sync);
        stored.Commit(rows);
        _rows = rows;
    }

    // Each is an operation of the disk: it may fail, and the process may end there.
    private void Demand(DiskOperation operation)
    {
        int error;
        try
        {
            error = stored.Disk.Ask(life, operation, "catalog");
        }
        catch (IOException dead)
        {
            throw new CatalogException(dead.Message, dead);
        }

        if (error != 0)
            throw new CatalogException($"The disk failed under the catalog ({operation}, error {error}).");
    }
}

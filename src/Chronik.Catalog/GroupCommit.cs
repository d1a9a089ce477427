namespace Chronik.Catalog;

/// <summary>
/// One writer for many callers: it takes all that is pending, commits it as one, completes every caller, and looks again.
/// There is no timer: what arrives during a commit makes up the next one.
/// </summary>
internal sealed class GroupCommit(Action<IReadOnlyList<PendingWrite>> commit, TaskScheduler scheduler)
{
    private readonly Lock _lock = new();
    private readonly TaskFactory _factory = new(CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskContinuationOptions.None, scheduler);
    private List<PendingWrite> _pending = [];
    private Task _writer = Task.CompletedTask;
    private bool _isWriting;
    private bool _isClosed;

    internal Task WriteAsync(IReadOnlyList<CatalogChange> changes)
    {
        var write = new PendingWrite(changes);
        lock (_lock)
        {
            if (_isClosed)
                return Task.FromException(new CatalogException("The catalog is closed."));
            _pending.Add(write);
            if (!_isWriting)
            {
                _isWriting = true;
                _writer = _factory.StartNew(WriteAllPending);
            }
        }
        return write.Task;
    }

    /// <summary>Refuses new writes and completes when all that came before are committed.</summary>
    internal Task CloseAsync()
    {
        lock (_lock)
        {
            _isClosed = true;
            return _writer;
        }
    }

    private void WriteAllPending()
    {
        while (TakePending() is { } writes)
        {
            CatalogException? failure = null;
            try
            {
                commit(writes);
            }
            catch (CatalogException e)
            {
                failure = e;
            }
            catch (Exception e)
            {
                // Whatever it was, nobody may wait for ever.
                failure = new CatalogException($"The catalog failed: {e.Message}", e);
            }
            foreach (var write in writes)
                write.Complete(failure);
        }
    }

    private List<PendingWrite>? TakePending()
    {
        lock (_lock)
        {
            if (_pending.Count == 0)
            {
                _isWriting = false;
                return null;
            }
            var taken = _pending;
            _pending = [];
            return taken;
        }
    }
}

using Chronik.Broker.Diagnostics;
using Chronik.Catalog;
using Chronik.Coordination.Classic;
using Microsoft.Extensions.Logging;

namespace Chronik.Broker.Groups;

/// <summary>
/// The way of one group's changes to the catalog: in order, one batch under way at a time. What comes meanwhile gathers for
/// the next batch; other groups have their own, so a slow commit of one does not stop another.
/// </summary>
internal sealed class GroupJournal(string groupId, ICatalog catalog, Mailbox mailbox, ILogger logger)
{
    private List<QueuedWrite> _waiting = [];
    private bool _isWriting;
    private int _unended;
    private volatile bool _hasStored = true;

    /// <summary>Everything is durable, and whoever wrote it knows.</summary>
    public bool IsIdle => !_isWriting && _waiting.Count == 0 && _unended == 0;

    /// <summary>Queues a write; called in the mailbox, as all of this.</summary>
    public void Add(QueuedWrite write) => _waiting.Add(write);

    /// <summary>Sends what waits on its way, unless something is under way.</summary>
    public void Flush()
    {
        if (_isWriting || _waiting.Count == 0)
            return;
        var batch = _waiting;
        _waiting = [];
        _isWriting = true;
        _ = WriteAsync(batch);
    }

    private async Task WriteAsync(List<QueuedWrite> batch)
    {
        var succeeded = true;
        try
        {
            await catalog.WriteAsync(ChangesOf(batch));
        }
        catch (Exception e) when (e is CatalogException or ObjectDisposedException)
        {
            // Members and commits ask again and again; the first refusal says why.
            if (_hasStored)
                logger.GroupNotStored(groupId, e.Message);
            succeeded = false;
        }

        _hasStored = succeeded;
        mailbox.Post(() => End(batch, succeeded));
    }

    private List<CatalogChange> ChangesOf(List<QueuedWrite> batch)
    {
        var changes = new List<CatalogChange>(batch.Count);
        var last = batch.FindLastIndex(write => write.State is not null);
        for (var i = 0; i < batch.Count; i++)
        {
            if (i == last)
                changes.Add(new GroupSaved(groupId, GroupKind.Classic, ClassicGroupCodec.Encode(batch[i].State!)));
            changes.AddRange(batch[i].Changes);
        }

        return changes;
    }

    private void End(List<QueuedWrite> batch, bool succeeded)
    {
        _isWriting = false;
        _unended = batch.Count;
        foreach (var write in batch)
        {
            _unended--;
            write.Ended(succeeded);
        }

        Flush();
    }
}

namespace Chronik.Campaigns.Simulation;

/// <summary>The transactions of a partition, worked out from its batches alone.</summary>
internal sealed class ModelTransactions
{
    private readonly Dictionary<long, long> _open = [];

    /// <summary>Ended ones: whose, from, the marker's offset, and how.</summary>
    public List<(long ProducerId, long FirstOffset, long MarkerOffset, bool IsCommit)> Ended { get; } = [];

    public IReadOnlyDictionary<long, long> Open => _open;

    public void Add(ModelBatch batch)
    {
        if (batch.IsControl)
        {
            if (_open.Remove(batch.ProducerId, out var first))
                Ended.Add((batch.ProducerId, first, batch.LastOffset, batch.IsCommit));
        }
        else if (batch.IsTransactional)
        {
            _open.TryAdd(batch.ProducerId, batch.BaseOffset);
        }
    }

    /// <summary>How the transaction of a batch ended; null: it is open.</summary>
    public bool? HasCommitted(ModelBatch batch)
    {
        var ended = Ended.Find(entry => entry.ProducerId == batch.ProducerId && entry.FirstOffset <= batch.BaseOffset && batch.LastOffset < entry.MarkerOffset);
        return ended.MarkerOffset == 0 ? null : ended.IsCommit;
    }

    /// <summary>Where reads of committed records end.</summary>
    public long LastStableOffset(long highWatermark)
    {
        var stable = highWatermark;
        foreach (var first in _open.Values)
            stable = Math.Min(stable, first);
        foreach (var (_, first, marker, _) in Ended)
        {
            if (marker >= highWatermark)
                stable = Math.Min(stable, first);
        }

        return stable;
    }
}

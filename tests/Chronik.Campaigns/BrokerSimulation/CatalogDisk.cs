using Chronik.Campaigns.Simulation.Disk;

namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>
/// What of a catalog outlives a process: the last commit, and at most one more that was never said to have worked, but may be
/// found all the same (its log was written when the process died or the sync failed).
/// </summary>
internal sealed class CatalogDisk(SimulatedDisk disk, Random random, bool forgets)
{
    private CatalogRows _durable = new("simulated-cluster-0000");
    private CatalogRows? _perhaps;

    public SimulatedDisk Disk => disk;

    /// <summary>What a process finds that starts now.</summary>
    public CatalogRows Load()
    {
        if (_perhaps is { } perhaps && random.Next(2) == 0)
            _durable = perhaps;
        _perhaps = null;
        return _durable;
    }

    /// <summary>From here on it may be found, whatever its process is told.</summary>
    public void Write(CatalogRows rows) => _perhaps = rows;

    /// <summary>It is durable; a catalog that forgets only says so.</summary>
    public void Commit(CatalogRows rows)
    {
        if (forgets)
            return;
        _durable = rows;
        _perhaps = null;
    }
}

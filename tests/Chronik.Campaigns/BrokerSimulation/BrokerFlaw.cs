namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>What is wrong on purpose, to see whether the simulation finds it.</summary>
public enum BrokerFlaw
{
    None,

    /// <summary>The disk's fdatasync does nothing.</summary>
    FileSync,

    /// <summary>The disk's fsync of folders does nothing.</summary>
    FolderSync,

    /// <summary>The disk's failures are not told.</summary>
    SyncErrors,

    /// <summary>The catalog answers before anything is durable.</summary>
    CatalogForgets,

    /// <summary>The broker acknowledges what the page cache has (chronik.flush=os), though all is checked as if it were on the disk.</summary>
    EarlyAnswers,
}

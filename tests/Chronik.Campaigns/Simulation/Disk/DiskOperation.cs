namespace Chronik.Campaigns.Simulation.Disk;

/// <summary>What a process asks of the disk.</summary>
internal enum DiskOperation
{
    Create,
    Open,
    Read,
    Write,
    SetLength,
    Sync,
    SyncFolder,
    SyncAll,
    Rename,
    Delete,
}

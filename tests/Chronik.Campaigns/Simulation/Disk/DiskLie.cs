namespace Chronik.Campaigns.Simulation.Disk;

/// <summary>In what a disk lies, to see whether the simulation finds it.</summary>
public enum DiskLie
{
    None,

    /// <summary>fdatasync does nothing.</summary>
    FileSync,

    /// <summary>fsync of folders does nothing.</summary>
    FolderSync,

    /// <summary>syncfs does nothing.</summary>
    WholeSync,

    /// <summary>What failed is said to have worked, as .NET's own calls do.</summary>
    SyncErrors,

    /// <summary>Reads after a failed sync show what is not on the disk, whatever is done.</summary>
    DropCache,

    /// <summary>Files are never cut.</summary>
    Cuts,
}

namespace Chronik.Campaigns.Simulation.Disk;

/// <summary>How bad the disk is just now. All chances are in a thousand.</summary>
internal sealed class DiskFaults
{
    public const int Eio = 5;
    public const int Enospc = 28;
    public const int Erofs = 30;

    public int Sync { get; set; }

    public int SyncFolder { get; set; }

    public int Write { get; set; }

    public int Names { get; set; }

    public int Read { get; set; }

    /// <summary>Nothing more fits.</summary>
    public bool IsFull { get; set; }

    /// <summary>The folder is mounted read-only.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>Syncs that say yes and do nothing: a disk that lies. The simulation must find that out.</summary>
    public DiskLie Lie { get; set; }

    /// <summary>The journal was given up: nothing is written any more until the machine starts again.</summary>
    public bool IsDown { get; set; }

    public bool AreSet => Sync + SyncFolder + Write + Names + Read > 0 || IsFull || IsReadOnly || IsDown;

    public void Clear() => (Sync, SyncFolder, Write, Names, Read, IsFull, IsReadOnly) = (0, 0, 0, 0, 0, false, false);

    /// <summary>The error with which an operation ends, or 0.</summary>
    public int Ask(DiskOperation operation, Random random)
    {
        var changes = operation is not (DiskOperation.Read or DiskOperation.Open);
        if (changes && IsDown)
            return operation is DiskOperation.Sync or DiskOperation.SyncFolder or DiskOperation.SyncAll ? Eio : Erofs;
        var isSync = operation is DiskOperation.Sync or DiskOperation.SyncFolder or DiskOperation.SyncAll;
        if (changes && IsReadOnly && !isSync)
            return Erofs;
        if (IsFull && operation is DiskOperation.Create or DiskOperation.Write)
            return IsFull ? Enospc : 0;
        var chance = operation switch
        {
            DiskOperation.Sync or DiskOperation.SyncAll => Sync,
            DiskOperation.SyncFolder => SyncFolder,
            DiskOperation.Write or DiskOperation.SetLength => Write,
            DiskOperation.Read => Read,
            DiskOperation.Open => 0,
            _ => Names,
        };
        return chance > 0 && random.Next(1000) < chance ? (isSync || operation == DiskOperation.Read || random.Next(2) == 0 ? Eio : Enospc) : 0;
    }
}

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

    /// <summary>A sync that fails was refused before it began: what it was to write is still to be written, and may be any time.</summary>
    public bool AreSyncsRefused { get; set; }

    /// <summary>From this operation of the disk on all syncs fail, until the next start that ends that; 0: none do for that.</summary>
    public long SyncsEndAt { get; set; }

    /// <summary>Of these: syncs of single files.</summary>
    public bool FileSyncsEnd { get; set; }

    /// <summary>Syncs of folders.</summary>
    public bool FolderSyncsEnd { get; set; }

    /// <summary>Syncs of the whole file system.</summary>
    public bool WholeSyncsEnd { get; set; }

    public bool AreSet => SyncsEndAt > 0 || Sync + SyncFolder + Write + Names + Read > 0 || IsFull || IsReadOnly || IsDown;

    public void Clear() => (Sync, SyncFolder, Write, Names, Read, IsFull, IsReadOnly) = (0, 0, 0, 0, 0, false, false);

    /// <summary>Syncs work again, as far as nothing else is set.</summary>
    public void LetSyncsWork() => (SyncsEndAt, FileSyncsEnd, FolderSyncsEnd, WholeSyncsEnd) = (0, false, false, false);

    /// <summary>The error with which an operation ends, or 0.</summary>
    /// <param name="operation">What is asked for.</param>
    /// <param name="operations">How many operations the disk has seen.</param>
    /// <param name="random">Chance.</param>
    public int Ask(DiskOperation operation, long operations, Random random)
    {
        var changes = operation is not (DiskOperation.Read or DiskOperation.Open);
        if (changes && IsDown)
            return operation is DiskOperation.Sync or DiskOperation.SyncFolder or DiskOperation.SyncAll ? Eio : Erofs;
        var isSync = operation is DiskOperation.Sync or DiskOperation.SyncFolder or DiskOperation.SyncAll;
        if (SyncsEndAt > 0 && operations >= SyncsEndAt && HasEnded(operation))
            return Eio;
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

    private bool HasEnded(DiskOperation operation) => operation switch
    {
        DiskOperation.Sync => FileSyncsEnd,
        DiskOperation.SyncFolder => FolderSyncsEnd,
        DiskOperation.SyncAll => WholeSyncsEnd,
        _ => false,
    };
}

namespace Chronik.Campaigns.Simulation.Disk;

/// <summary>What of the unsynced survives a power cut. Each question is about one thing, in an order that is always the same.</summary>
internal interface ICrashChoice
{
    /// <summary>Whether a change of names survives; it is asked for in order, and does not survive without earlier changes of the same names.</summary>
    bool Survives(NameChange change, int index, int count);

    /// <summary>How many of a file's unsynced changes of length survive, of <paramref name="count"/>.</summary>
    int LengthsOf(FileNode file, int count);

    /// <summary>How far a page came: 0 as the disk had it, <paramref name="versions"/> the last that was written.</summary>
    int VersionOf(FileNode file, int page, int versions);

    /// <summary>Which of a page's eight sectors took part in that: a bit for each.</summary>
    byte SectorsOf(FileNode file, int page);
}

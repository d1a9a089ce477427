namespace Chronik.Campaigns.Simulation.Disk;

/// <summary>A folder: its names as they are, and as the disk has them.</summary>
internal sealed class FolderNode : DiskNode
{
    public SortedDictionary<string, DiskNode> Names { get; private set; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, DiskNode> DurableNames { get; } = new(StringComparer.Ordinal);

    /// <summary>What the machine finds when it starts again.</summary>
    public void Restore() => Names = new SortedDictionary<string, DiskNode>(DurableNames, StringComparer.Ordinal);
}

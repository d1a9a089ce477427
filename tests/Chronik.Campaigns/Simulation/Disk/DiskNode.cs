namespace Chronik.Campaigns.Simulation.Disk;

/// <summary>What a name leads to.</summary>
internal abstract class DiskNode;

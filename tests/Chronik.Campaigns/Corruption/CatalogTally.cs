namespace Chronik.Campaigns.Corruption;

/// <summary>What damaged catalogs showed.</summary>
internal sealed class CatalogTally
{
    public int Cases { get; set; }

    /// <summary>Shown as it was acknowledged.</summary>
    public int Whole { get; set; }

    /// <summary>Refused with a sentence.</summary>
    public int Refused { get; set; }

    /// <summary>Without its last commits, which were at the damaged end of the write-ahead log.</summary>
    public int LostEnd { get; set; }

    public List<string> Wrong { get; } = [];

    public override string ToString() =>
        $"{Cases} damaged catalogs: {Whole} whole, {Refused} refused, {LostEnd} without the commits at the damaged end of the write-ahead log, {Wrong.Count} wrong";
}

namespace Chronik.Campaigns.Seeds;

/// <summary>How much a seed, or many of them, did; each simulation counts more of its own.</summary>
internal abstract class SeedFigures<TSelf>
    where TSelf : SeedFigures<TSelf>
{
    public long Steps { get; set; }

    public long Operations { get; set; }

    public long Faults { get; set; }

    public long PowerCuts { get; set; }

    public long Kills { get; set; }

    public long Starts { get; set; }

    /// <summary>Runs that ended where their model did not know how it went on.</summary>
    public long EndedEarly { get; set; }

    public virtual void Add(TSelf other)
    {
        Steps += other.Steps;
        Operations += other.Operations;
        Faults += other.Faults;
        PowerCuts += other.PowerCuts;
        Kills += other.Kills;
        Starts += other.Starts;
        EndedEarly += other.EndedEarly;
    }
}

namespace Chronik.Campaigns.Simulation;

/// <summary>How much a run did.</summary>
internal sealed class SimulationFigures
{
    public long Steps { get; set; }

    public long Operations { get; set; }

    public long Batches { get; set; }

    public long Acknowledged { get; set; }

    public long Starts { get; set; }

    public long PowerCuts { get; set; }

    public long Kills { get; set; }

    public long Faults { get; set; }

    public void Add(SimulationFigures other)
    {
        Steps += other.Steps;
        Operations += other.Operations;
        Batches += other.Batches;
        Acknowledged += other.Acknowledged;
        Starts += other.Starts;
        PowerCuts += other.PowerCuts;
        Kills += other.Kills;
        Faults += other.Faults;
    }

    public override string ToString() =>
        $"{Steps:N0} steps, {Operations:N0} file operations ({Faults:N0} failed), {Batches:N0} batches appended, {Acknowledged:N0} acknowledgements, {PowerCuts:N0} power cuts, {Kills:N0} kills, {Starts:N0} starts";
}

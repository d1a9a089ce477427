using Chronik.Campaigns.Seeds;

namespace Chronik.Campaigns.Simulation;

/// <summary>How much a run did.</summary>
internal sealed class SimulationFigures : SeedFigures<SimulationFigures>
{
    public long Batches { get; set; }

    public long Acknowledged { get; set; }

    public override void Add(SimulationFigures other)
    {
        base.Add(other);
        Batches += other.Batches;
        Acknowledged += other.Acknowledged;
    }

    public override string ToString() =>
        $"{Steps:N0} steps, {Operations:N0} file operations ({Faults:N0} failed), {Batches:N0} batches appended, {Acknowledged:N0} acknowledgements, {PowerCuts:N0} power cuts, {Kills:N0} kills, {Starts:N0} starts, {EndedEarly:N0} ended early at what the disk had refused of flush=os";
}

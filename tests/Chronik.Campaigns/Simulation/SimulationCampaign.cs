using Chronik.Campaigns.Seeds;
using Chronik.Campaigns.Simulation.Disk;

namespace Chronik.Campaigns.Simulation;

/// <summary>Many lives of the log store.</summary>
internal sealed class SimulationCampaign : SeedCampaign<DiskLie, SimulationFigures>
{
    public override string Name => "simulation";

    public override string Summary => "the log store on a simulated disk that loses, tears and reorders what was not synced, and fails";

    protected override string FlawOption => "lie";

    protected override string FlawSummary => "what the disk lies about, to see that it is found";

    public override SeedRun<SimulationFigures> Create(int seed, DiskLie flaw = DiskLie.None, bool keepTrace = false) =>
        new SimulationRun(seed, flaw, keepTrace);
}

using Chronik.Campaigns.Seeds;

namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>Many lives of a whole broker.</summary>
internal sealed class BrokerSimulationCampaign : SeedCampaign<BrokerFlaw, BrokerFigures>
{
    public override string Name => "broker-simulation";

    public override string Summary => "a whole broker and its clients on a simulated disk, catalog, clock and network, from a seed";

    protected override string FlawOption => "flaw";

    protected override string FlawSummary => "what is wrong on purpose, to see that it is found";

    public override SeedRun<BrokerFigures> Create(int seed, BrokerFlaw flaw = BrokerFlaw.None, bool keepTrace = false) =>
        new BrokerSimulationRun(seed, flaw, keepTrace);
}

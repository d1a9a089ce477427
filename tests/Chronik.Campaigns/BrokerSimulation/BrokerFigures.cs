using Chronik.Campaigns.Seeds;

namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>How much a run did.</summary>
internal sealed class BrokerFigures : SeedFigures<BrokerFigures>
{
    public long Requests { get; set; }

    public long Acknowledged { get; set; }

    public long Repeats { get; set; }

    public long Commits { get; set; }

    public long Rebalances { get; set; }

    public long Topics { get; set; }

    public long Cuts { get; set; }

    public override void Add(BrokerFigures other)
    {
        base.Add(other);
        Requests += other.Requests;
        Acknowledged += other.Acknowledged;
        Repeats += other.Repeats;
        Commits += other.Commits;
        Rebalances += other.Rebalances;
        Topics += other.Topics;
        Cuts += other.Cuts;
    }

    public override string ToString() =>
        $"{Steps:N0} steps, {Requests:N0} requests, {Operations:N0} file operations ({Faults:N0} failed), {Acknowledged:N0} batches acknowledged, "
        + $"{Repeats:N0} repeats, {Commits:N0} commits of offsets, {Rebalances:N0} joins, {Topics:N0} topics made, {Cuts:N0} connections cut, "
        + $"{PowerCuts:N0} power cuts, {Kills:N0} kills, {Starts:N0} starts";
}

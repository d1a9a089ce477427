namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>How much a run did.</summary>
internal sealed class BrokerFigures
{
    public long Steps { get; set; }

    public long Operations { get; set; }

    public long Faults { get; set; }

    public long Requests { get; set; }

    public long Acknowledged { get; set; }

    public long Repeats { get; set; }

    public long Commits { get; set; }

    public long Rebalances { get; set; }

    public long Topics { get; set; }

    public long Cuts { get; set; }

    public long PowerCuts { get; set; }

    public long Kills { get; set; }

    public long Starts { get; set; }

    public void Add(BrokerFigures other)
    {
        Steps += other.Steps;
        Operations += other.Operations;
        Faults += other.Faults;
        Requests += other.Requests;
        Acknowledged += other.Acknowledged;
        Repeats += other.Repeats;
        Commits += other.Commits;
        Rebalances += other.Rebalances;
        Topics += other.Topics;
        Cuts += other.Cuts;
        PowerCuts += other.PowerCuts;
        Kills += other.Kills;
        Starts += other.Starts;
    }

    public override string ToString() =>
        $"{Steps:N0} steps, {Requests:N0} requests, {Operations:N0} file operations ({Faults:N0} failed), {Acknowledged:N0} batches acknowledged, "
        + $"{Repeats:N0} repeats, {Commits:N0} commits of offsets, {Rebalances:N0} joins, {Topics:N0} topics made, {Cuts:N0} connections cut, "
        + $"{PowerCuts:N0} power cuts, {Kills:N0} kills, {Starts:N0} starts";
}

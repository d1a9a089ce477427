using Chronik.Campaigns.Simulation;

namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>What many seeds came to.</summary>
internal sealed class BrokerOutcome
{
    private readonly Lock _lock = new();

    public SortedDictionary<int, string> Failures { get; } = [];

    public BrokerFigures Figures { get; } = new();

    public int Done { get; private set; }

    public TimeSpan Elapsed { get; set; }

    /// <summary>Runs a seed.</summary>
    public void Add(int seed, BrokerFlaw flaw)
    {
        var simulation = new BrokerSimulationRun(seed, flaw);
        string? failure = null;
        try
        {
            simulation.Run();
        }
        catch (SimulationFailure wrong)
        {
            failure = wrong.Message;
        }

        lock (_lock)
        {
            Done++;
            Figures.Add(simulation.Figures);
            if (failure is not null)
                Failures.Add(seed, failure);
        }
    }
}

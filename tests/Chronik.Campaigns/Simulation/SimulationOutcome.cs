using Chronik.Campaigns.Simulation.Disk;

namespace Chronik.Campaigns.Simulation;

/// <summary>What many seeds came to.</summary>
internal sealed class SimulationOutcome
{
    private readonly Lock _lock = new();

    public SortedDictionary<int, string> Failures { get; } = [];

    public SimulationFigures Figures { get; } = new();

    public int Done { get; private set; }

    public TimeSpan Elapsed { get; set; }

    /// <summary>Runs a seed.</summary>
    public void Add(int seed, DiskLie lie)
    {
        var simulation = new SimulationRun(seed, lie);
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

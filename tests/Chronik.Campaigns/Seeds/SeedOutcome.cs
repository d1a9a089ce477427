using Chronik.Campaigns.Simulation;

namespace Chronik.Campaigns.Seeds;

/// <summary>What many seeds came to.</summary>
internal sealed class SeedOutcome<TFigures>
    where TFigures : SeedFigures<TFigures>, new()
{
    private readonly Lock _lock = new();

    /// <summary>The seeds that went wrong, with what was wrong.</summary>
    public SortedDictionary<int, string> Failures { get; } = [];

    public TFigures Figures { get; } = new();

    public int Done { get; private set; }

    public TimeSpan Elapsed { get; set; }

    /// <summary>Runs a seed; from several threads at once.</summary>
    public void Add(int seed, SeedRun<TFigures> run)
    {
        string? failure = null;
        try
        {
            run.Run();
        }
        catch (SimulationFailure wrong)
        {
            failure = wrong.Message;
        }

        lock (_lock)
        {
            Done++;
            Figures.Add(run.Figures);
            if (failure is not null)
                Failures.Add(seed, failure);
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Chronik.Campaigns.Simulation.Disk;

namespace Chronik.Campaigns.Simulation;

/// <summary>Many seeds, each in one thread.</summary>
internal sealed class SimulationCampaign : ICampaign
{
    private const int FailuresMax = 20;
    private const int TraceLines = 60;

    public string Name => "simulation";

    public string Summary => "the log store on a simulated disk that loses, tears and reorders what was not synced, and fails";

    public string Options => """
        --seeds 20000       how many
        --first 1           the first
        --trace no          yes: prints all that happened (with one seed)
        --lie None          what the disk lies about, to see that it is found: FileSync, FolderSync, WholeSync, SyncErrors, DropCache, Cuts
        """;

    public Task<IReadOnlyList<string>> RunAsync(CampaignOptions options, TextWriter output, CancellationToken cancellation)
    {
        var first = options.Number("first", 1);
        var seeds = options.Number("seeds", 20_000);
        var lie = Enum.Parse<DiskLie>(options.Text("lie", nameof(DiskLie.None)));
        var keepTrace = options.Text("trace", "no") == "yes";
        var run = Run(first, seeds, lie, cancellation);
        foreach (var (seed, failure) in run.Failures.Take(FailuresMax))
            output.WriteLine(Describe(seed, lie, failure, keepTrace));
        output.WriteLine($"{run.Done:N0} seeds from {first}: {run.Figures}; {run.Elapsed.TotalSeconds:F0} s, {run.Elapsed.TotalMilliseconds / Math.Max(1, run.Done):F1} ms a seed");
        if (keepTrace && run.Failures.Count == 0)
            output.WriteLine(string.Join('\n', TraceOf(first, lie)));
        return Task.FromResult<IReadOnlyList<string>>([.. run.Failures.Select(static failure => $"seed {failure.Key}: {failure.Value}")]);
    }

    public static SimulationOutcome Run(int first, int seeds, DiskLie lie, CancellationToken cancellation)
    {
        var outcome = new SimulationOutcome();
        var started = Stopwatch.GetTimestamp();
        Parallel.ForEach(
            Partitioner.Create(Enumerable.Range(first, seeds), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            (seed, state) =>
            {
                if (cancellation.IsCancellationRequested)
                    state.Stop();
                else
                    outcome.Add(seed, lie);
            });
        outcome.Elapsed = Stopwatch.GetElapsedTime(started);
        return outcome;
    }

    private static string Describe(int seed, DiskLie lie, string failure, bool all)
    {
        var lines = TraceOf(seed, lie);
        var shown = all ? lines : lines.TakeLast(TraceLines);
        var lieOption = lie == DiskLie.None ? "" : $" --lie {lie}";
        return $"{string.Join('\n', shown)}\nseed {seed}: {failure}\nagain: tests/campaign simulation --seeds 1 --first {seed} --trace yes{lieOption}\n";
    }

    private static List<string> TraceOf(int seed, DiskLie lie)
    {
        var simulation = new SimulationRun(seed, lie, keepTrace: true);
        try
        {
            simulation.Run();
        }
        catch (SimulationFailure)
        {
            // It is the trace that is wanted.
        }

        return simulation.Trace.Lines;
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using Chronik.Campaigns.Simulation;

namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>Many seeds of a whole broker, each in one thread.</summary>
internal sealed class BrokerSimulationCampaign : ICampaign
{
    private const int FailuresMax = 20;
    private const int TraceLines = 80;

    public string Name => "broker-simulation";

    public string Summary => "a whole broker and its clients on a simulated disk, catalog, clock and network, from a seed";

    public string Options => """
        --seeds 20000       how many
        --first 1           the first
        --trace no          yes: prints all that happened (with one seed)
        --flaw None         what is wrong on purpose, to see that it is found: FileSync, FolderSync, SyncErrors, CatalogForgets, EarlyAnswers
        """;

    public Task<IReadOnlyList<string>> RunAsync(CampaignOptions options, TextWriter output, CancellationToken cancellation)
    {
        var first = options.Number("first", 1);
        var seeds = options.Number("seeds", 20_000);
        var flaw = Enum.Parse<BrokerFlaw>(options.Text("flaw", nameof(BrokerFlaw.None)));
        var keepTrace = options.Text("trace", "no") == "yes";
        var run = Run(first, seeds, flaw, cancellation);
        foreach (var (seed, failure) in run.Failures.Take(FailuresMax))
            output.WriteLine(Describe(seed, flaw, failure, keepTrace));
        output.WriteLine($"{run.Done:N0} seeds from {first}: {run.Figures}; {run.Elapsed.TotalSeconds:F0} s, {run.Elapsed.TotalMilliseconds / Math.Max(1, run.Done):F1} ms a seed");
        if (keepTrace && run.Failures.Count == 0)
            output.WriteLine(string.Join('\n', TraceOf(first, flaw)));
        return Task.FromResult<IReadOnlyList<string>>([.. run.Failures.Select(static failure => $"seed {failure.Key}: {failure.Value}")]);
    }

    public static BrokerOutcome Run(int first, int seeds, BrokerFlaw flaw, CancellationToken cancellation)
    {
        var outcome = new BrokerOutcome();
        var started = Stopwatch.GetTimestamp();
        Parallel.ForEach(
            Partitioner.Create(Enumerable.Range(first, seeds), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            (seed, state) =>
            {
                if (cancellation.IsCancellationRequested)
                    state.Stop();
                else
                    outcome.Add(seed, flaw);
            });
        outcome.Elapsed = Stopwatch.GetElapsedTime(started);
        return outcome;
    }

    private static string Describe(int seed, BrokerFlaw flaw, string failure, bool all)
    {
        var lines = TraceOf(seed, flaw);
        var shown = all ? lines : lines.TakeLast(TraceLines);
        var flawOption = flaw == BrokerFlaw.None ? "" : $" --flaw {flaw}";
        return $"{string.Join('\n', shown)}\nseed {seed}: {failure}\nagain: tests/campaign broker-simulation --seeds 1 --first {seed} --trace yes{flawOption}\n";
    }

    private static List<string> TraceOf(int seed, BrokerFlaw flaw)
    {
        var simulation = new BrokerSimulationRun(seed, flaw, keepTrace: true);
        try
        {
            simulation.Run();
        }
        catch (SimulationFailure)
        {
            // It is the trace that is wanted.
        }

        simulation.Trace.Lines.Add($"hash {simulation.Trace.Hash:x16}");
        return simulation.Trace.Lines;
    }
}

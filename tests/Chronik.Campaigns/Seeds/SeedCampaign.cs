using System.Collections.Concurrent;
using System.Diagnostics;
using Chronik.Campaigns.Simulation;

namespace Chronik.Campaigns.Seeds;

/// <summary>Many seeds of a simulation, each in one thread.</summary>
/// <typeparam name="TFlaw">What can be wrong on purpose, to see that it is found; its zero is nothing.</typeparam>
/// <typeparam name="TFigures">What a seed counts.</typeparam>
internal abstract class SeedCampaign<TFlaw, TFigures> : ICampaign
    where TFlaw : struct, Enum
    where TFigures : SeedFigures<TFigures>, new()
{
    private const int FailuresMax = 20;
    private const int TraceLines = 80;

    public abstract string Name { get; }

    public abstract string Summary { get; }

    public string Options => $"""
        --seeds 20000       how many
        --first 1           the first
        --trace no          yes: prints all that happened (with one seed)
        {$"--{FlawOption} {default(TFlaw)}",-20}{FlawSummary}: {string.Join(", ", Enum.GetNames<TFlaw>().Skip(1))}
        """;

    /// <summary>The option that takes a <typeparamref name="TFlaw"/>.</summary>
    protected abstract string FlawOption { get; }

    /// <summary>What that option does.</summary>
    protected abstract string FlawSummary { get; }

    /// <summary>A seed that is about to run.</summary>
    /// <param name="seed">Its number.</param>
    /// <param name="flaw">What is wrong on purpose.</param>
    /// <param name="keepTrace">Its trace is kept as text.</param>
    public abstract SeedRun<TFigures> Create(int seed, TFlaw flaw = default, bool keepTrace = false);

    public Task<IReadOnlyList<string>> RunAsync(CampaignOptions options, TextWriter output, CancellationToken cancellation)
    {
        var first = options.Number("first", 1);
        var seeds = options.Number("seeds", 20_000);
        var flaw = Enum.Parse<TFlaw>(options.Text(FlawOption, $"{default(TFlaw)}"));
        var keepTrace = options.Text("trace", "no") == "yes";
        var run = Run(first, seeds, flaw, cancellation);
        foreach (var (seed, failure) in run.Failures.Take(FailuresMax))
            output.WriteLine(Describe(seed, flaw, failure, keepTrace));
        output.WriteLine($"{run.Done:N0} seeds from {first}: {run.Figures}; {run.Elapsed.TotalSeconds:F0} s, {run.Elapsed.TotalMilliseconds / Math.Max(1, run.Done):F1} ms a seed");
        if (keepTrace && run.Failures.Count == 0)
            output.WriteLine(string.Join('\n', TraceOf(first, flaw)));
        return Task.FromResult<IReadOnlyList<string>>([.. run.Failures.Select(static failure => $"seed {failure.Key}: {failure.Value}")]);
    }

    /// <summary>Runs them, on all processors.</summary>
    public SeedOutcome<TFigures> Run(int first, int seeds, TFlaw flaw, CancellationToken cancellation)
    {
        var outcome = new SeedOutcome<TFigures>();
        var started = Stopwatch.GetTimestamp();
        Parallel.ForEach(
            Partitioner.Create(Enumerable.Range(first, seeds), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            (seed, state) =>
            {
                if (cancellation.IsCancellationRequested)
                    state.Stop();
                else
                    outcome.Add(seed, Create(seed, flaw));
            });
        outcome.Elapsed = Stopwatch.GetElapsedTime(started);
        return outcome;
    }

    private string Describe(int seed, TFlaw flaw, string failure, bool all)
    {
        var lines = TraceOf(seed, flaw);
        var shown = all ? lines : lines.TakeLast(TraceLines);
        var flawOption = flaw.Equals(default(TFlaw)) ? "" : $" --{FlawOption} {flaw}";
        return $"{string.Join('\n', shown)}\nseed {seed}: {failure}\nagain: tests/campaign {Name} --seeds 1 --first {seed} --trace yes{flawOption}\n";
    }

    private List<string> TraceOf(int seed, TFlaw flaw)
    {
        var run = Create(seed, flaw, keepTrace: true);
        try
        {
            run.Run();
        }
        catch (SimulationFailure)
        {
            // It is the trace that is wanted.
        }

        run.Trace.Lines.Add($"hash {run.Trace.Hash:x16}");
        return run.Trace.Lines;
    }
}

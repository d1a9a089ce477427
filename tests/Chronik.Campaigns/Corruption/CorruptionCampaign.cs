using System.Collections.Concurrent;
using System.Globalization;

namespace Chronik.Campaigns.Corruption;

/// <summary>Bit flips, cuts and worse in all files of a store: found or harmless, no wrong byte served, nothing undamaged lost.</summary>
internal sealed class CorruptionCampaign : ICampaign
{
    private const int Images = 24;
    private const int ProgressCases = 10_000;

    public string Name => "corruption";

    public string Summary => "Bit flips, cuts and worse in all files of a store: found or harmless, and contained";

    public string Options => """
        --flips 100000     how many cases
        --first 1          the seed of the first; each case has its own
        --threads 2        how many run at a time
        --files catalog    damage chronik.db and what lies beside it, not the logs
        --sums yes         no: without the checksums of chronik.db, to see that what they find is seen
        """;

    public async Task<IReadOnlyList<string>> RunAsync(CampaignOptions options, TextWriter output, CancellationToken cancellation)
    {
        var first = options.Number("first", 1);
        if (options.Text("files", "logs") == "catalog")
        {
            var catalog = await CatalogCorruption.RunAsync(first, options.Number("flips", 100_000), options.Text("sums", "yes") == "yes", output, cancellation);
            output.WriteLine(catalog.ToString());
            return catalog.Wrong;
        }

        var tally = await RunAsync(first, options.Number("flips", 100_000), options.Number("threads", 2), output, cancellation);
        output.WriteLine(tally.ToString());
        return [.. tally.Wrong.OrderBy(static wrong => wrong.Seed).Select(static wrong => wrong.Text)];
    }

    /// <summary>Runs cases of as many seeds.</summary>
    public static async Task<CorruptionTally> RunAsync(int first, int count, int threads, TextWriter output, CancellationToken cancellation)
    {
        var tally = new CorruptionTally();
        var images = new ConcurrentDictionary<int, Lazy<StoreImage>>();
        var next = first - 1;
        var workers = Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!cancellation.IsCancellationRequested && Interlocked.Increment(ref next) is var seed && seed < first + count)
                {
                    if (Run(seed, images, tally) is { } wrong)
                        output.WriteLine($"WRONG: {wrong}");
                    if (tally.Cases % ProgressCases == 0)
                        output.WriteLine(tally.ToString());
                }
            },
            cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        await Task.WhenAll(workers);
        return tally;
    }

    private static string? Run(int seed, ConcurrentDictionary<int, Lazy<StoreImage>> images, CorruptionTally tally)
    {
        var random = new Random(seed);
        var which = random.Next(Images);
        var image = images.GetOrAdd(which, static number => new Lazy<StoreImage>(() => StoreImages.Make(number, (ImageEnding)(number % 3)))).Value;
        var mutation = new Mutator(image, random).Run();
        using var examined = new CorruptionCase(image, mutation, random);
        var outcome = examined.Run();
        return tally.Add(seed, mutation, outcome, string.Create(CultureInfo.InvariantCulture, $"{image.Ending}; tests/campaign corruption --first {seed} --flips 1"));
    }
}

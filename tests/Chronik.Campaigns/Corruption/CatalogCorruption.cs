using System.Globalization;
using Chronik.Catalog;
using Chronik.TestKit;

namespace Chronik.Campaigns.Corruption;

/// <summary>
/// Damages the files of a catalog, and starts it: it shows all that was acknowledged, or refuses with a sentence. One thing nobody can see: the
/// last commits of a write-ahead log that are gone look as if they had never been written.
/// </summary>
internal static class CatalogCorruption
{
    private const int Images = 8;
    private const int ProgressCases = 1000;
    private const string Log = CatalogImage.Name + "-wal";

    /// <summary>Runs cases of as many seeds.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="hasSums">False: the checksums are taken away first, so that much is wrong: it shows what the campaign sees.</param>
    /// <param name="output">Gets the progress.</param>
    /// <param name="cancellation">Ends it early.</param>
    public static async Task<CatalogTally> RunAsync(int first, int count, bool hasSums, TextWriter output, CancellationToken cancellation)
    {
        var tally = new CatalogTally();
        var images = new CatalogImage?[Images];
        for (var seed = first; seed < first + count && !cancellation.IsCancellationRequested; seed++)
        {
            var random = new Random(seed);
            var which = random.Next(Images);
            if (images[which] is null)
            {
                using var made = new TemporaryFolder();
                var image = await CatalogImage.MakeAsync(made.FullName, which, isClosed: which % 3 == 0);
                images[which] = hasSums ? image : image.WithoutSums();
            }

            await RunAsync(images[which]!, random, string.Create(CultureInfo.InvariantCulture, $"tests/campaign corruption --files catalog{(hasSums ? "" : " --sums no")} --first {seed} --flips 1"), tally);
            if (tally.Cases % ProgressCases == 0)
                output.WriteLine(tally.ToString());
        }

        return tally;
    }

    private static async Task RunAsync(CatalogImage image, Random random, string command, CatalogTally tally)
    {
        var (files, text) = Damage(image, random);
        using var folder = new TemporaryFolder();
        foreach (var (name, bytes) in files)
            await File.WriteAllBytesAsync(folder.PathOf(name), bytes);
        tally.Cases++;
        try
        {
            string shown;
            await using (var catalog = Catalogs.Embedded(folder.PathOf(CatalogImage.Name), new Random(1), TaskScheduler.Default))
                shown = new CatalogContent(await catalog.LoadAsync()).ToString();
            if (shown == image.States[^1])
                tally.Whole++;
            else if (image.States.Contains(shown) && MayLackCommits(image, files))
                tally.LostEnd++;
            else
                tally.Wrong.Add($"{text}: the catalog shows what never was, or lacks commits ({command})");
            await CheckAgainAsync(folder.PathOf(CatalogImage.Name), shown, text, command, tally);
        }
        catch (CatalogException e) when (e.Message.StartsWith("The catalog ", StringComparison.Ordinal))
        {
            tally.Refused++;
        }
        catch (Exception e)
        {
            tally.Wrong.Add($"{text}: {e.GetType().Name}: {e.Message} ({command})");
        }
    }

    // What was shown once stays.
    private static async Task CheckAgainAsync(string path, string shown, string text, string command, CatalogTally tally)
    {
        await using var catalog = Catalogs.Embedded(path, new Random(1), TaskScheduler.Default);
        if (new CatalogContent(await catalog.LoadAsync()).ToString() != shown)
            tally.Wrong.Add($"{text}: the second start shows something else ({command})");
    }

    private static bool MayLackCommits(CatalogImage image, IReadOnlyDictionary<string, byte[]> files)
    {
        if (!image.Files.TryGetValue(Log, out var before) || !files.TryGetValue(Log, out var after))
            return false;
        var same = Math.Min(before.Length, after.Length);
        var last = same;
        while (last > 0 && before[last - 1] == after[last - 1])
            last--;
        return after.Length < before.Length || last > image.LastCommit;
    }

    private static (Dictionary<string, byte[]> Files, string Text) Damage(CatalogImage image, Random random)
    {
        var files = image.Files.ToDictionary(static file => file.Key, static file => (byte[])file.Value.Clone(), StringComparer.Ordinal);
        var names = files.Where(static file => file.Value.Length > 0).Select(static file => file.Key).Order(StringComparer.Ordinal).ToList();
        var name = random.Next(2) == 0 ? CatalogImage.Name : names[random.Next(names.Count)];
        var bytes = files[name];
        var at = random.Next(bytes.Length);
        var length = Math.Min(random.Next(1, 5000), bytes.Length - at);
        switch (random.Next(10))
        {
            case 0:
                files[name] = bytes[..at];
                return (files, $"{name} cut to {at} bytes");
            case 1:
                files[name] = [];
                return (files, $"{name} emptied");
            case 2:
                files.Remove(name);
                return (files, $"{name} deleted");
            case 3:
                random.NextBytes(bytes.AsSpan(at, length));
                return (files, $"{length} bytes of {name} from {at} on overwritten");
            case 4:
                bytes.AsSpan(at, length).Clear();
                return (files, $"{length} bytes of {name} from {at} on zeroed");
            default:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return (files, $"a bit of byte {at} of {name} flipped");
        }
    }
}

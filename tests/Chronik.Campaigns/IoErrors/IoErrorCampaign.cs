using Chronik.Campaigns.PowerCuts;
using Chronik.Campaigns.RealBroker;

namespace Chronik.Campaigns.IoErrors;

/// <summary>Each call that writes or syncs fails, once and for ever: nothing is acknowledged that is not safe, reads go on, and afterwards all goes on.</summary>
internal sealed class IoErrorCampaign : ICampaign
{
    private const int DiskMiB = 2000;

    public string Name => "io-errors";

    public string Summary => "System calls of a loaded broker fail with EIO, ENOSPC, EROFS: no false acknowledgement (strace)";

    public string Options => """
        --cases 360        how many; 120 are each call, error, once and for ever, serving and starting
        --seed 1           where chance begins
        --fs ext4          below the data folder; images of it, as in power-cuts, show what is on the disk (without root: none)
        --folder /tmp      where the data folder is made
        """;

    public async Task<IReadOnlyList<string>> RunAsync(CampaignOptions options, TextWriter output, CancellationToken cancellation)
    {
        var cases = options.Number("cases", 360);
        var seed = options.Number("seed", 1);
        var kind = options.Text("fs", "ext4");
        var parent = options.Text("folder", Path.GetTempPath());
        if (await Strace.MissingAsync() is { } missing)
            return [$"it cannot run: {missing}"];

        var folder = Directory.CreateDirectory(Path.Combine(parent, $"chronik-io-errors-{Environment.ProcessId}")).FullName;
        var ledger = new Ledger(TimeProvider.System);
        var tally = new IoErrorTally(ledger);
        try
        {
            await using var disk = CutFileSystem.Missing(kind) is null ? await CutFileSystem.CreateAsync(folder, kind, DiskMiB) : null;
            var random = new Random(seed);
            await using var run = new IoErrorRun(folder, disk, ledger, tally, random.Next());
            await run.StartAsync();
            var faults = IoFault.All(random).GetEnumerator();
            while (tally.Cases < cases && !cancellation.IsCancellationRequested)
            {
                if (!faults.MoveNext())
                {
                    faults = IoFault.All(random).GetEnumerator();
                    continue;
                }

                await run.NextAsync(faults.Current);
                if (tally.Cases % 20 == 0)
                    output.WriteLine($"  {tally}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        output.WriteLine($"seed {seed}: {tally}");
        foreach (var site in tally.Sites)
            output.WriteLine(site);
        return tally.Wrong;
    }
}

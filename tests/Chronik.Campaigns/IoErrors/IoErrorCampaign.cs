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
        --calls ""         only cases of calls whose names contain it
        --seed 1           where chance begins
        --fs ext4          below the data folder; images of it, as in power-cuts, show what is on the disk (without root: none)
        --folder /tmp      where the data folder is made
        --keep FOLDER      where images go on which something is wrong
        """;

    public async Task<IReadOnlyList<string>> RunAsync(CampaignOptions options, TextWriter output, CancellationToken cancellation)
    {
        var cases = options.Number("cases", 360);
        var seed = options.Number("seed", 1);
        var calls = options.Text("calls", "");
        var kind = options.Text("fs", "ext4");
        var parent = options.Text("folder", Path.GetTempPath());
        if (!IoFault.All(new Random(seed)).Any(fault => fault.Calls.Contains(calls, StringComparison.Ordinal)))
            return [$"there are no cases of calls like '{calls}'"];
        if (await Strace.MissingAsync() is { } missing)
            return [$"it cannot run: {missing}"];

        var folder = Directory.CreateDirectory(Path.Combine(parent, $"chronik-io-errors-{Environment.ProcessId}")).FullName;
        var ledger = new Ledger(TimeProvider.System);
        var tally = new IoErrorTally(ledger);
        try
        {
            await using var disk = CutFileSystem.Missing(kind) is null ? await CutFileSystem.CreateAsync(folder, kind, DiskMiB) : null;
            var random = new Random(seed);
            await using var run = new IoErrorRun(folder, disk, ledger, tally, output, random.Next()) { KeepIn = options.Text("keep", "") is { Length: > 0 } keep ? keep : null };
            await run.StartAsync();
            var faults = IoFault.All(random).GetEnumerator();
            while (tally.Cases < cases && !cancellation.IsCancellationRequested)
            {
                if (!faults.MoveNext())
                {
                    faults = IoFault.All(random).GetEnumerator();
                    continue;
                }

                if (!faults.Current.Calls.Contains(calls, StringComparison.Ordinal))
                    continue;
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
        foreach (var line in tally.Sites.Concat(tally.Refusals))
            output.WriteLine(line);
        return tally.Wrong;
    }
}

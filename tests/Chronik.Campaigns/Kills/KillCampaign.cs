using Chronik.Campaigns.RealBroker;
using Chronik.TestKit;

namespace Chronik.Campaigns.Kills;

/// <summary>kill -9 of a loaded broker: at random times, at the N-th system call, while it starts; then it is held against the ledger.</summary>
internal sealed class KillCampaign : ICampaign
{
    public string Name => "kills";

    public string Summary => "kill -9 of a loaded broker at random times and system calls: what was acknowledged is there";

    public string Options => """
        --kills 1000       how many times
        --seed 1           where chance begins
        --calls yes        also at system calls, by strace; no: at random times only
        --folder /tmp      where the data folder is made
        """;

    public async Task<IReadOnlyList<string>> RunAsync(CampaignOptions options, TextWriter output, CancellationToken cancellation)
    {
        var kills = options.Number("kills", 1000);
        var seed = options.Number("seed", 1);
        var withCalls = options.Text("calls", "yes") != "no";
        var folder = Path.Combine(options.Text("folder", Path.GetTempPath()), $"chronik-kills-{Environment.ProcessId}");
        if (withCalls && await Strace.MissingAsync() is { } missing)
        {
            output.WriteLine($"Only at random times: {missing}.");
            withCalls = false;
        }

        Directory.CreateDirectory(folder);
        try
        {
            var ledger = new Ledger(TimeProvider.System);
            var tally = new KillTally(ledger);
            await using (var run = new KillRun(folder, ledger, tally, new Random(seed), withCalls))
            {
                await run.StartAsync();
                while (tally.Kills < kills && tally.Wrong.Count == 0 && !cancellation.IsCancellationRequested)
                {
                    var before = tally.Kills;
                    await run.NextAsync();
                    if (tally.Kills / 50 > before / 50)
                        output.WriteLine($"  {tally}");
                }
            }

            output.WriteLine($"seed {seed}: {tally}");
            foreach (var site in tally.Sites)
                output.WriteLine(site);
            return tally.Wrong;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

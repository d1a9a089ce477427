using Chronik.Campaigns.RealBroker;
using Chronik.TestKit;

namespace Chronik.Campaigns.PowerCuts;

/// <summary>Images of the disk below a loaded broker, as a power cut would leave it; a new broker starts on each and is held against the ledger.</summary>
internal sealed class PowerCutCampaign : ICampaign
{
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_startBound = TimeSpan.FromSeconds(60);

    public string Name => "power-cuts";

    public string Summary => "Images of the disk below a loaded broker: what was acknowledged is on each (root, loop devices)";

    public string Options => """
        --images 1000      how many images are taken and checked
        --fs ext4          the file system: ext4 or xfs
        --flush disk       chronik.flush of the topics; with os the campaign must see losses, which proves that it can
        --checkers 2       how many images are checked at a time
        --pause-ms 100     the longest pause before a cut
        --size-mib 3000    the size of the file system
        --seed 1           where chance begins
        --folder /tmp      where the disk images are made
        --keep FOLDER      where images go on which something is wrong
        """;

    public async Task<IReadOnlyList<string>> RunAsync(CampaignOptions options, TextWriter output, CancellationToken cancellation)
    {
        var kind = options.Text("fs", "ext4");
        var flush = options.Text("flush", "disk");
        var settings = new PowerCutSettings(
            options.Number("images", 1000), options.Number("checkers", 2), options.Number("pause-ms", 100), options.Number("seed", 1), options.Text("keep", ""));
        var size = options.Number("size-mib", 3000);
        var parent = options.Text("folder", Path.GetTempPath());
        if (CutFileSystem.Missing(kind) is { } missing)
            return [$"it cannot run: {missing}"];

        var folder = Directory.CreateDirectory(Path.Combine(parent, $"chronik-cuts-{Environment.ProcessId}-{kind}-{flush}")).FullName;
        PowerCutTally tally;
        try
        {
            await using var disk = await CutFileSystem.CreateAsync(folder, kind, size);
            tally = await RunAsync(disk, settings, new LoadShape { Flush = flush }, output, cancellation);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        output.WriteLine($"{kind}, chronik.flush={flush}, seed {settings.Seed}: {tally}");
        if (flush != "os")
            return tally.Wrong;
        output.WriteLine($"{tally.ImagesWithLosses} images have losses, such as: {tally.FirstWrong}");
        return tally.ImagesWithLosses > 0 ? [] : ["with chronik.flush=os no image had losses: this campaign would not see them"];
    }

    private static async Task<PowerCutTally> RunAsync(
        CutFileSystem disk, PowerCutSettings settings, LoadShape shape, TextWriter output, CancellationToken cancellation)
    {
        var ledger = new Ledger(TimeProvider.System);
        var port = FreePorts.Take();
        var tally = new PowerCutTally(ledger);
        await using var broker = BrokerProcess.Start(Path.Combine(disk.Root, "data"), port, LoadShape.ServerOptions);
        if (!await broker.ServesAsync(s_startBound))
            throw new InvalidOperationException($"chronik-server does not start:\n{broker.Log}");
        await using var load = new Load($"127.0.0.1:{port}", ledger, shape, settings.Seed);
        await Task.Delay(s_warmUp, cancellation);

        var random = new Random(settings.Seed);
        var checks = new HashSet<Task>();
        for (var image = 1; image <= settings.Images && !cancellation.IsCancellationRequested; image++)
        {
            if (broker.HasEnded)
                throw new InvalidOperationException($"chronik-server ended by itself:\n{broker.Log}");
            while (checks.Count >= settings.Checkers)
                checks.Remove(await Task.WhenAny(checks));
            await Task.Delay(random.Next(settings.PauseMs + 1), CancellationToken.None);
            var cut = new PowerCut(image, disk, ledger, settings.KeepIn.Length > 0 ? settings.KeepIn : null);
            // Every other one right behind an acknowledgement: what was acknowledged too soon has no time to become true.
            if (image % 2 == 0)
                await ledger.NextAcknowledgementAsync().WaitAsync(s_startBound, CancellationToken.None);
            cut.Take();
            tally.Open(cut);
            checks.Add(CheckAsync(cut, tally, output));
        }

        await Task.WhenAll(checks);
        return tally;
    }

    private static async Task CheckAsync(PowerCut cut, PowerCutTally tally, TextWriter output)
    {
        await Task.Yield();
        var result = await cut.CheckAsync(s_startBound);
        if (result.Wrong.Count > 0)
            await output.WriteLineAsync(string.Join('\n', result.Wrong));
        if (tally.Add(cut, result) % 50 == 0)
            output.WriteLine($"  {tally}");
    }
}

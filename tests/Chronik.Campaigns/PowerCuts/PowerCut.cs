using Chronik.Campaigns.RealBroker;
using Chronik.TestKit;

namespace Chronik.Campaigns.PowerCuts;

/// <summary>One cut: the image, when it was taken, and the start on it.</summary>
internal sealed class PowerCut(int number, CutFileSystem disk, Ledger ledger, string? keepIn = null)
{
    private string? _image;

    public int Number => number;

    /// <summary>What was acknowledged before is on the image.</summary>
    public long Began { get; private set; }

    /// <summary>What was sent after is not.</summary>
    public long Ended { get; private set; } = long.MaxValue;

    /// <summary>From the last acknowledgement to the cut.</summary>
    public TimeSpan SinceAcknowledged { get; private set; }

    /// <summary>How long the cut took.</summary>
    public TimeSpan Cutting { get; private set; }

    /// <summary>How long the file system took to come back.</summary>
    public TimeSpan Mounting { get; private set; }

    /// <summary>How long the new broker took to serve.</summary>
    public TimeSpan Starting { get; private set; }

    private string Kept => $"{_image}.kept";

    /// <summary>Takes the image.</summary>
    public void Take()
    {
        Began = ledger.Now;
        SinceAcknowledged = ledger.Between(ledger.LastAcknowledgedAt, Began);
        _image = disk.Cut();
        Ended = ledger.Now;
        Cutting = ledger.Between(Began, Ended);
    }

    public async Task<CheckResult> CheckAsync(TimeSpan startBound)
    {
        try
        {
            // As it was before the journal was replayed, for whoever looks for what went wrong.
            if (keepIn is not null)
                Reflink.Clone(_image!, Kept);
            var begin = ledger.Now;
            var folder = await disk.MountAsync(_image!);
            Mounting = ledger.Between(begin, ledger.Now);
            var result = await StartAsync(Path.Combine(folder, "data"), startBound);
            if (keepIn is not null && result.Wrong.Count > 0)
                await Shell.RunAsync("cp", "--sparse=always", Kept, keepIn);
            return result;
        }
        finally
        {
            await disk.DropAsync(_image!);
            if (keepIn is not null)
                File.Delete(Kept);
        }
    }

    private async Task<CheckResult> StartAsync(string folder, TimeSpan startBound)
    {
        var begin = ledger.Now;
        var port = FreePorts.Take();
        await using var broker = BrokerProcess.Start(folder, port, LoadShape.ServerOptions);
        if (!await broker.ServesAsync(startBound))
            return new CheckResult([$"the broker does not start: {broker.Log}"], 0, 0, 0);
        Starting = ledger.Between(begin, ledger.Now);
        var result = await LedgerCheck.RunAsync($"127.0.0.1:{port}", ledger, Began, Ended);
        return result.Wrong.Count == 0 ? result : result with { Wrong = [.. result.Wrong.Select(wrong => $"image {number}: {wrong}"), broker.Log] };
    }
}

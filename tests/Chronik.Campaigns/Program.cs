using System.Diagnostics;
using System.Runtime.InteropServices;
using Chronik.Campaigns.BrokerSimulation;
using Chronik.Campaigns.Corruption;
using Chronik.Campaigns.CrashStates;
using Chronik.Campaigns.IoErrors;
using Chronik.Campaigns.Kills;
using Chronik.Campaigns.PowerCuts;
using Chronik.Campaigns.Simulation;

namespace Chronik.Campaigns;

internal static class Program
{
    /// <summary>All campaigns, in the order in which the list shows them.</summary>
    private static readonly ICampaign[] s_campaigns =
    [
        new PowerCutCampaign(),
        new KillCampaign(),
        new IoErrorCampaign(),
        new SimulationCampaign(),
        new BrokerSimulationCampaign(),
        new CrashStateCampaign(),
        new CorruptionCampaign(),
    ];

    private static async Task<int> Main(string[] arguments)
    {
        var campaign = arguments.Length > 0 ? Array.Find(s_campaigns, campaign => campaign.Name == arguments[0]) : null;
        if (campaign is null || arguments.Contains("--help"))
        {
            foreach (var known in campaign is null ? s_campaigns : [campaign])
                Console.WriteLine($"{known.Name,-18} {known.Summary}\n{Indent(known.Options)}");
            return campaign is null && arguments.Length > 0 ? 2 : 0;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        var started = Stopwatch.GetTimestamp();
        var options = CampaignOptions.Parse(arguments.AsSpan(1).ToArray());
        var wrong = await campaign.RunAsync(options, Console.Out, stop.Token);
        foreach (var line in wrong)
            Console.WriteLine($"WRONG: {line}");
        foreach (var name in options.Unknown())
            Console.WriteLine($"--{name} is not an option of {campaign.Name}: it had no effect.");
        Console.WriteLine($"{campaign.Name}: {wrong.Count} wrong, {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s");
        return wrong.Count == 0 ? 0 : 1;
    }

    private static string Indent(string text) => string.Join('\n', text.Split('\n').Select(static line => "    " + line.TrimEnd()));
}

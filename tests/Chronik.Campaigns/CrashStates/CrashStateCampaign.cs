namespace Chronik.Campaigns.CrashStates;

/// <summary>All disks that a power cut may leave, for short scenarios.</summary>
internal sealed class CrashStateCampaign : ICampaign
{
    public string Name => "crash-states";

    public string Summary => "short scenarios, ended at each file operation, from each disk that a power cut may leave there";

    public string Options => """
        --scenario all      one of them by name
        --every 1           looks at every n-th operation only
        """;

    public Task<IReadOnlyList<string>> RunAsync(CampaignOptions options, TextWriter output, CancellationToken cancellation)
    {
        var wanted = options.Text("scenario", "all");
        var every = options.Number("every", 1);
        var wrong = new List<string>();
        foreach (var (name, scenario) in Scenarios.All.Where(pair => wanted == "all" || pair.Key == wanted))
        {
            var run = new CrashStateRun(scenario, every);
            run.Run(cancellation);
            output.WriteLine($"{name}: {run.Operations:N0} file operations, {run.States:N0} disks, {run.Wrong.Count:N0} wrong");
            wrong.AddRange(run.Wrong.Select(line => $"{name}: {line}"));
        }

        return Task.FromResult<IReadOnlyList<string>>(wrong);
    }
}

using Chronik.Campaigns.BrokerSimulation;

namespace Chronik.Campaigns.Tests.BrokerSimulation;

public sealed class BrokerSimulationTests
{
    private const int Seeds = 60;
    private const int SeedsOfAFlaw = 400;
    private static readonly BrokerSimulationCampaign s_campaign = new();

    [Fact]
    public void No_acknowledged_record_offset_or_topic_is_lost_whatever_happens_to_the_broker()
    {
        var run = s_campaign.Run(1, Seeds, BrokerFlaw.None, TestContext.Current.CancellationToken);
        Assert.Empty(run.Failures.Select(static failure => $"seed {failure.Key}: {failure.Value}"));
        Assert.True(
            run.Figures is { PowerCuts: > Seeds, Kills: > Seeds, Faults: > Seeds, Cuts: > Seeds, Acknowledged: > Seeds * 10, Commits: > Seeds, Rebalances: > Seeds },
            run.Figures.ToString());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(17)]
    public void The_same_seed_does_the_same(int seed) => Assert.Equal(HashOf(seed), HashOf(seed));

    [Fact]
    public void Other_seeds_do_something_else() => Assert.NotEqual(HashOf(1), HashOf(2));

    [Theory]
    [InlineData(BrokerFlaw.FileSync)]
    [InlineData(BrokerFlaw.FolderSync)]
    [InlineData(BrokerFlaw.SyncErrors)]
    [InlineData(BrokerFlaw.CatalogForgets)]
    [InlineData(BrokerFlaw.EarlyAnswers)]
    public void A_flaw_is_found(BrokerFlaw flaw)
    {
        var first = 1;
        while (first < SeedsOfAFlaw && s_campaign.Run(first, 10, flaw, TestContext.Current.CancellationToken).Failures.Count == 0)
            first += 10;
        Assert.True(first < SeedsOfAFlaw, $"{SeedsOfAFlaw} seeds did not find {flaw}.");
    }

    private static ulong HashOf(int seed)
    {
        var run = s_campaign.Create(seed);
        run.Run();
        return run.Trace.Hash;
    }
}

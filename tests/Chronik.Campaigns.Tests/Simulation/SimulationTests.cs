using Chronik.Campaigns.Simulation;
using Chronik.Campaigns.Simulation.Disk;

namespace Chronik.Campaigns.Tests.Simulation;

public sealed class SimulationTests
{
    private const int Seeds = 200;
    private const int SeedsOfALie = 400;
    private static readonly SimulationCampaign s_campaign = new();

    [Fact]
    public void No_acknowledged_record_is_lost_whatever_the_disk_does()
    {
        var run = s_campaign.Run(1, Seeds, DiskLie.None, TestContext.Current.CancellationToken);
        Assert.Empty(run.Failures.Select(static failure => $"seed {failure.Key}: {failure.Value}"));
        Assert.True(run.Figures is { PowerCuts: > Seeds, Kills: > Seeds, Faults: > Seeds, Acknowledged: > Seeds * 10 }, run.Figures.ToString());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(24)]
    [InlineData(117)]
    public void The_same_seed_does_the_same(int seed) => Assert.Equal(HashOf(seed), HashOf(seed));

    [Fact]
    public void Other_seeds_do_something_else() => Assert.NotEqual(HashOf(1), HashOf(2));

    [Theory]
    [InlineData(DiskLie.FileSync)]
    [InlineData(DiskLie.FolderSync)]
    [InlineData(DiskLie.WholeSync)]
    [InlineData(DiskLie.SyncErrors)]
    [InlineData(DiskLie.DropCache)]
    [InlineData(DiskLie.Cuts)]
    public void A_disk_that_lies_is_found_out(DiskLie lie)
    {
        var first = 1;
        while (first < SeedsOfALie && s_campaign.Run(first, 20, lie, TestContext.Current.CancellationToken).Failures.Count == 0)
            first += 20;
        Assert.True(first < SeedsOfALie, $"{SeedsOfALie} seeds did not find out that the disk lies about {lie}.");
    }

    private static ulong HashOf(int seed)
    {
        var run = s_campaign.Create(seed);
        run.Run();
        return run.Trace.Hash;
    }
}

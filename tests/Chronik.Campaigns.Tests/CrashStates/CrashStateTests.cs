using Chronik.Campaigns.CrashStates;
using Chronik.Campaigns.Simulation.Disk;

namespace Chronik.Campaigns.Tests.CrashStates;

public sealed class CrashStateTests
{
    [Theory]
    [MemberData(nameof(Names))]
    public void Each_moment_of_a_scenario_may_be_the_last(string name)
    {
        var run = new CrashStateRun(Scenarios.All[name], everyNth: 7);
        run.Run(TestContext.Current.CancellationToken);
        Assert.Empty(run.Wrong);
        Assert.True(run.States >= 2, $"Only {run.States} states of {name} were looked at.");
    }

    [Theory]
    [InlineData(DiskLie.FileSync)]
    [InlineData(DiskLie.FolderSync)]
    public void A_disk_that_lies_is_found_out(DiskLie lie)
    {
        var run = new CrashStateRun(Scenarios.All["append-and-roll"], everyNth: 7, lie);
        run.Run(TestContext.Current.CancellationToken);
        Assert.NotEmpty(run.Wrong);
    }

    public static TheoryData<string> Names => [.. Scenarios.All.Keys];
}

using Chronik.Campaigns.CrashStates;
using Chronik.Campaigns.Simulation.Disk;

namespace Chronik.Campaigns.Tests.CrashStates;

public sealed class CrashStateTests
{
    [Theory]
    [MemberData(nameof(Names))]
    public void Each_moment_of_a_scenario_may_be_the_last(string name)
    {
        var run = new CrashStateRun(Scenarios.All[name], everyNth: 29);
        run.Run(TestContext.Current.CancellationToken);
        Assert.Empty(run.Wrong);
        Assert.True(run.States >= 2, $"Only {run.States} states of {name} were looked at.");
    }

    [Theory]
    [InlineData("append-and-roll", DiskLie.FileSync)]
    [InlineData("append-and-roll", DiskLie.FolderSync)]
    [InlineData("compact-groups", DiskLie.FileSync)]
    [InlineData("compact-groups", DiskLie.FolderSync)]
    [InlineData("retention-later", DiskLie.FileSync)]
    [InlineData("retention-later", DiskLie.FolderSync)]
    public void A_disk_that_lies_is_found_out(string name, DiskLie lie)
    {
        var run = new CrashStateRun(Scenarios.All[name], everyNth: 13, lie);
        run.Run(TestContext.Current.CancellationToken);
        Assert.NotEmpty(run.Wrong);
    }

    public static TheoryData<string> Names => [.. Scenarios.All.Keys];
}

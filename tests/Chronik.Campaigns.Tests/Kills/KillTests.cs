using Chronik.Campaigns.Kills;

namespace Chronik.Campaigns.Tests.Kills;

/// <summary>A few kills of a loaded broker.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task What_was_acknowledged_is_there_after_kill_9_at_any_time()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The campaign kills at Linux's system calls.");
        var text = new StringWriter();
        var wrong = await new KillCampaign().RunAsync(CampaignOptions.Parse(["--kills", "10"]), text, TestContext.Current.CancellationToken);
        output.WriteLine(text.ToString());
        Assert.Empty(wrong);
    }
}

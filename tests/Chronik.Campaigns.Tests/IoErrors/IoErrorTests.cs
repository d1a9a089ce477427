using Chronik.Campaigns.IoErrors;
using Chronik.Campaigns.RealBroker;

namespace Chronik.Campaigns.Tests.IoErrors;

/// <summary>A few failing system calls below a loaded broker.</summary>
public sealed class IoErrorTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Nothing_is_acknowledged_that_is_not_safe_when_system_calls_fail()
    {
        if (await Strace.MissingAsync() is { } missing)
            Assert.Skip($"Failing system calls: {missing}.");
        var text = new StringWriter();
        var wrong = await new IoErrorCampaign().RunAsync(CampaignOptions.Parse(["--cases", "8"]), text, TestContext.Current.CancellationToken);
        output.WriteLine(text.ToString());
        Assert.Empty(wrong);
    }
}

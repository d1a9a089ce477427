using Chronik.Campaigns.PowerCuts;

namespace Chronik.Campaigns.Tests.PowerCuts;

/// <summary>A few power cuts on each file system, and the control that losses would be seen.</summary>
public sealed class PowerCutTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("ext4", "6")]
    [InlineData("xfs", "4")]
    public Task What_was_acknowledged_is_on_the_disk_when_the_power_fails(string fileSystem, string images) =>
        RunAsync(fileSystem, "--images", images);

    [Fact]
    public Task With_flush_os_losses_are_seen() => RunAsync("ext4", "--images", "3", "--flush", "os");

    private async Task RunAsync(string fileSystem, params string[] options)
    {
        if (CutFileSystem.Missing(fileSystem) is { } missing)
            Assert.Skip($"Power cuts on {fileSystem}: {missing}.");
        var text = new StringWriter();
        var wrong = await new PowerCutCampaign().RunAsync(
            CampaignOptions.Parse(["--fs", fileSystem, "--size-mib", "600", .. options]), text, TestContext.Current.CancellationToken);
        output.WriteLine(text.ToString());
        Assert.Empty(wrong);
    }
}

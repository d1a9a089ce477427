namespace Chronik.Campaigns.Tests;

public sealed class CampaignOptionsTests
{
    [Fact]
    public void An_option_has_a_name_and_a_value()
    {
        var options = CampaignOptions.Parse(["--seeds", "20", "--fs", "xfs"]);
        Assert.Equal(20, options.Number("seeds", 5));
        Assert.Equal("xfs", options.Text("fs", "ext4"));
        Assert.Equal(7, options.Number("first", 7));
        Assert.Empty(options.Unknown());
    }

    [Fact]
    public void What_nobody_asked_for_is_told() =>
        Assert.Equal(["sedes"], CampaignOptions.Parse(["--sedes", "20"]).Unknown());

    [Theory]
    [InlineData("seeds", "20")]
    [InlineData("--seeds")]
    public void What_is_no_option_is_refused(params string[] arguments) =>
        Assert.Throws<ArgumentException>(() => CampaignOptions.Parse(arguments));
}

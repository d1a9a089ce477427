using System.Text.RegularExpressions;
using Chronik.Broker.Dispatch;
using Chronik.TestKit;

namespace Chronik.Broker.Tests;

/// <summary>docs/compatibility.md tells the truth: it lists what ApiVersions announces, no more and no less.</summary>
public sealed partial class CompatibilityPageTests
{
    [Fact]
    public async Task The_page_lists_each_api_that_is_served_with_its_versions()
    {
        await using var broker = await BrokerFixture.StartAsync();
        var served =
            from entry in broker.Host.Services.Apis.Entries
            select $"{(short)entry.Description.Key} {entry.Description.Key} {Range(entry.Versions)}";
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs/compatibility.md"), TestContext.Current.CancellationToken);
        var listed =
            from Match row in Row().Matches(page)
            select $"{row.Groups["key"].Value} {row.Groups["name"].Value} {row.Groups["versions"].Value}";
        Assert.Equal(served, listed);
    }

    private static string Range(ApiVersionRange versions) =>
        versions.Lowest == versions.Highest ? $"{versions.Lowest}" : $"{versions.Lowest}–{versions.Highest}";

    [GeneratedRegex(@"^\| (?<key>\d+) \| (?<name>\w+) \| (?<versions>[\d–]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}

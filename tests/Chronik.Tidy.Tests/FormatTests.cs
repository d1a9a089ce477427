using Chronik.TestKit;

namespace Chronik.Tidy.Tests;

public sealed class FormatTests
{
    /// <summary>Code style is checked by the build itself; only white space is left for here.</summary>
    [Fact]
    public async Task Dotnet_format_finds_nothing_to_do()
    {
        var result = await CommandRunner.RunAsync(
            "dotnet",
            ["format", "whitespace", "--folder", ".", "--exclude", "artifacts", "--verify-no-changes"],
            folder: Repository.Root,
            timeout: TimeSpan.FromMinutes(2));
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }
}

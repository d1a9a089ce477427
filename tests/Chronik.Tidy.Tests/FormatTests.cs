using System.Text.RegularExpressions;
using Chronik.TestKit;

namespace Chronik.Tidy.Tests;

/// <summary>What `dotnet format` would change and the build does not see.</summary>
public sealed partial class FormatTests
{
    [Fact]
    public async Task Dotnet_format_finds_no_white_space_to_change()
    {
        var result = await CommandRunner.RunAsync(
            "dotnet",
            ["format", "whitespace", "--folder", ".", "--exclude", "artifacts", "--verify-no-changes"],
            folder: Repository.Root,
            timeout: TimeSpan.FromMinutes(2));
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Fact]
    public void Usings_stand_in_order_with_those_of_the_system_first()
    {
        var unordered =
            from file in SourceFile.All
            where file.IsCSharp
            let names = Using().Matches(file.Text).Select(match => match.Groups["name"].Value).ToList()
            where !names.SequenceEqual(names.OrderBy(name => !IsOfSystem(name)).ThenBy(name => name.Replace('.', ' '), StringComparer.OrdinalIgnoreCase))
            select file;
        Findings.AssertNone(unordered);
    }

    private static bool IsOfSystem(string name) => name == "System" || name.StartsWith("System.", StringComparison.Ordinal);

    [GeneratedRegex(@"^using (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();
}

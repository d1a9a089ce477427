using System.Text.RegularExpressions;
using Chronik.TestKit;

namespace Chronik.Compat.Tests;

/// <summary>What the documents tell a user to type is something that the program knows.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Documents = ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"];

    public static TheoryData<string> Commands => [.. Documents
        .SelectMany(document => Command().Matches(File.ReadAllText(Repository.PathOf(document))))
        .Select(match => match.Groups["command"].Value)
        .Distinct()];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_documented_command_is_one_that_the_program_knows(string command)
    {
        var program = Path.Combine(Repository.OutputOf("Chronik.Server"), "chronik-server");
        var help = (await CommandRunner.RunAsync(program, [.. command.Split(' '), "--help"])).Succeeded();
        Assert.Contains($"chronik-server {command}", help.Output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"chronik-server (?:-- )?(?<command>(?:topic|group) [a-z]+|(?!topic|group)[a-z]+)(?=[ `\n]|$)", RegexOptions.Multiline)]
    private static partial Regex Command();
}

using System.Text.RegularExpressions;

namespace Chronik.Tidy.Tests;

/// <summary>The seams that make a broker replayable and durable, where the compiler's banned symbols do not see enough.</summary>
public sealed class SeamTests
{
    private const string Durability = "src/Chronik.Storage/IO/";

    private static readonly (string Pattern, string Why)[] Anywhere =
    [
        (@"\.Flush\(\s*(?:flushToDisk:\s*)?true\s*\)", "it reports success when the kernel's fsync failed"),
        (@"\bFlushToDisk\(", "it reports success when the kernel's fsync failed"),
        (@"FileOptions\.WriteThrough", "durability is DurableFile's alone"),
        (@"#pragma warning disable RS0030", "banned symbols are banned: take the seam through the constructor"),
        (@"\bstatic\s+(?!readonly\b|class\b|partial\b)[\w<>\[\],.?]+\s+_\w+\s*(?:=|;)", "static mutable state"),
        (@"\bThreadStatic\b|\bThreadLocal<|\bAsyncLocal<", "static mutable state"),
    ];

    private static readonly (string Pattern, string Why)[] OutsideStorageIO =
    [
        (@"""(?:fsync|fdatasync|syncfs)""", "durability is DurableFile's alone"),
        (@"\bRandomAccess\.", "files are touched in Chronik.Storage/IO only"),
    ];

    [Fact]
    public void Nothing_goes_around_the_seams()
    {
        var found =
            from file in SourceFile.Product
            from rule in file.IsBelow(Durability) ? Anywhere : [.. Anywhere, .. OutsideStorageIO]
            from Match match in Regex.Matches(file.Code, rule.Pattern)
            select $"{file}: '{match.Value.Trim()}': {rule.Why}";
        Findings.AssertNone(found);
    }

    [Theory]
    [InlineData("Chronik.Coordination")]
    [InlineData("Chronik.Broker")]
    [InlineData("Chronik.Storage")]
    public void Broker_code_stays_on_the_scheduler_it_was_started_on(string project)
    {
        var found = SourceFile.Product.Where(file =>
            file.IsBelow($"src/{project}/") && file.Code.Contains(".ConfigureAwait(false)", StringComparison.Ordinal));
        Findings.AssertNone(found);
    }
}

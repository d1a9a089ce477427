using System.Text.RegularExpressions;

namespace Chronik.Tidy.Tests;

/// <summary>Files stay small, hold one public type, and are named after it.</summary>
public sealed partial class FileTests
{
    private const int LinesMax = 600;
    private const int LinesLong = 400;
    private const int LinesMedianMax = 110;
    private const double LongShareMax = 0.05;

    /// <summary>Files that are longer than the limit, with their length. Entries go and numbers fall, never the other way.</summary>
    private static readonly Dictionary<string, int> Longer = new(StringComparer.Ordinal);

    [Fact]
    public void No_file_is_longer_than_600_lines()
    {
        var tooLong =
            from file in SourceFile.All
            where file.IsCSharp && file.Lines.Length > Math.Max(LinesMax, Longer.GetValueOrDefault(file.Path))
            select $"{file} has {file.Lines.Length} lines";
        Findings.AssertNone(tooLong);
    }

    [Fact]
    public void An_exemption_goes_when_its_file_became_shorter()
    {
        var stale =
            from entry in Longer
            let file = SourceFile.All.SingleOrDefault(file => file.Path == entry.Key)
            where file is null || file.Lines.Length < entry.Value
            select entry.Key;
        Findings.AssertNone(stale);
    }

    [Fact]
    public void Few_files_of_the_product_are_long()
    {
        var files = SourceFile.Product.ToList();
        var longFiles = files.Where(file => file.Lines.Length > LinesLong).ToList();
        Assert.True(
            longFiles.Count <= files.Count * LongShareMax,
            $"{longFiles.Count} of {files.Count} files are above {LinesLong} lines: {string.Join(", ", longFiles)}");
    }

    [Fact]
    public void The_median_file_of_the_product_is_short()
    {
        var lengths = SourceFile.Product.Select(file => file.Lines.Length).Order().ToList();
        Assert.InRange(lengths[lengths.Count / 2], 1, LinesMedianMax);
    }

    [Fact]
    public void A_file_of_the_product_holds_one_public_type_and_has_its_name()
    {
        var wrong =
            from file in SourceFile.Product
            let types = PublicType().Matches(file.Text).Select(match => match.Groups["name"].Value).Distinct().ToList()
            let rows = PublicRow().Matches(file.Text).Select(match => match.Groups["name"].Value).Distinct().ToList()
            let name = Path.GetFileName(file.Path).Split('.')[0]
            where types.Count > 0 && (!types.Contains(name) || types.Except(rows).Except([name]).Any())
            select $"{file} holds {string.Join(", ", types)}";
        Findings.AssertNone(wrong);
    }

    [GeneratedRegex(
        @"^public (?:(?:sealed|static|abstract|readonly|ref|partial|unsafe) )*(?:class|interface|enum|record struct|record class|record|struct|delegate \S+) (?<name>\w+)",
        RegexOptions.Multiline)]
    private static partial Regex PublicType();

    /// <summary>A record without a body: a family of them (the kinds of a change, the rows of a table) reads best in one file.</summary>
    [GeneratedRegex(@"^public (?:(?:sealed|abstract|readonly) )*record(?: struct)? (?<name>\w+)[^{}]*?;\s*$", RegexOptions.Multiline)]
    private static partial Regex PublicRow();
}

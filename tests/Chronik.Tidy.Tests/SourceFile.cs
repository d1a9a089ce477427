using System.Diagnostics;
using System.Text.RegularExpressions;
using Chronik.TestKit;

namespace Chronik.Tidy.Tests;

/// <summary>A text file that belongs to the project: committed, or new and not ignored.</summary>
/// <param name="Path">Its path from the root of the repository, with slashes.</param>
/// <param name="Text">What is in it.</param>
internal sealed partial record SourceFile(string Path, string Text)
{
    private static readonly Lazy<IReadOnlyList<SourceFile>> Everything = new(ReadAll);

    /// <summary>All text files of the project.</summary>
    public static IReadOnlyList<SourceFile> All => Everything.Value;

    /// <summary>The product's C# files.</summary>
    public static IEnumerable<SourceFile> Product => All.Where(file => file.IsCSharp && file.IsBelow("src/"));

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    public string[] Lines => Text.TrimEnd('\n').Split('\n');

    /// <summary>The text without what stands in comments.</summary>
    public string Code => Comment().Replace(Text, "");

    public bool IsBelow(string folder) => Path.StartsWith(folder, StringComparison.Ordinal);

    public override string ToString() => Path;

    [GeneratedRegex(@"(?m)(?<![:""])//.*$|/\*[\s\S]*?\*/")]
    private static partial Regex Comment();

    private static List<SourceFile> ReadAll()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        var paths = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        return paths
            .Order(StringComparer.Ordinal)
            .Where(path => File.Exists(Repository.PathOf(path)))
            .Select(path => new SourceFile(path, File.ReadAllText(Repository.PathOf(path))))
            .Where(file => !file.Text.Contains('\0', StringComparison.Ordinal))
            .ToList();
    }
}

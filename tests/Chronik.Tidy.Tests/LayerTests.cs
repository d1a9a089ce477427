using System.Text.RegularExpressions;
using System.Xml.Linq;
using Chronik.TestKit;

namespace Chronik.Tidy.Tests;

/// <summary>Who may use whom: ARCHITECTURE.md's layers, held by what projects reference and what their code names.</summary>
public sealed partial class LayerTests
{
    private static readonly Dictionary<string, string[]> MayUse = new(StringComparer.Ordinal)
    {
        ["Chronik.Protocol"] = [],
        ["Chronik.Records"] = ["Chronik.Protocol"],
        ["Chronik.Storage"] = ["Chronik.Records", "Chronik.Protocol"],
        ["Chronik.Catalog"] = ["Chronik.Storage", "Chronik.Records", "Chronik.Protocol"],
        ["Chronik.Coordination"] = ["Chronik.Storage", "Chronik.Records", "Chronik.Protocol"],
        ["Chronik.Broker"] =
            ["Chronik.Catalog", "Chronik.Coordination", "Chronik.Storage", "Chronik.Records", "Chronik.Protocol"],
        ["Chronik.Client"] = ["Chronik.Records", "Chronik.Protocol"],
        ["Chronik.Server"] =
            ["Chronik.Broker", "Chronik.Client", "Chronik.Catalog", "Chronik.Coordination", "Chronik.Storage", "Chronik.Records", "Chronik.Protocol"],
    };

    /// <summary>What a layer must not touch although the compiler would let it, and why.</summary>
    private static readonly (string Project, string Banned, string Why)[] OutOfReach =
    [
        ("Chronik.Protocol", @"System\.Net\.Sockets|System\.IO\.Pipelines|TimeProvider", "the wire has no I/O and no clock"),
        ("Chronik.Coordination", @"System\.Net\.Sockets|Socket\b|IFileSystem\b|FileStream\b", "state machines see no socket and no file"),
        ("Chronik.Coordination", @"\bawait\b|\block\s*\(", "state machines run on one thread and never wait"),
        ("Chronik.Broker", @"Chronik\.Catalog\.Sql|Microsoft\.Data\.Sqlite", "SQL stays inside the catalog"),
    ];

    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Repository.PathOf("src")).Select(folder => Path.GetFileName(folder))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_the_layers_below_it(string project)
    {
        Assert.True(MayUse.TryGetValue(project, out var allowed), $"{project} has no place in the layers: give it one.");
        var referenced = XDocument.Load(Repository.PathOf("src", project, project + ".csproj"))
            .Descendants("ProjectReference")
            .Where(reference => reference.Attribute("OutputItemType")?.Value != "Analyzer")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
        Findings.AssertNone(referenced.Except(allowed));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_names_only_namespaces_of_the_layers_below_it(string project)
    {
        var allowed = MayUse[project].Append(project);
        var foreign =
            from file in SourceFile.Product
            where file.IsBelow($"src/{project}/")
            from Match match in ProjectNamespace().Matches(file.Code)
            where MayUse.ContainsKey(match.Value) && !allowed.Contains(match.Value)
            select $"{file} names {match.Value}";
        Findings.AssertNone(foreign);
    }

    [Fact]
    public void No_layer_reaches_for_what_is_kept_from_it()
    {
        var reached =
            from rule in OutOfReach
            from file in SourceFile.Product
            where file.IsBelow($"src/{rule.Project}/")
            from Match match in Regex.Matches(file.Code, rule.Banned)
            select $"{file} uses '{match.Value}', but {rule.Why}";
        Findings.AssertNone(reached);
    }

    [GeneratedRegex(@"\bChronik\.[A-Z][A-Za-z]*\b")]
    private static partial Regex ProjectNamespace();
}

using System.Text.RegularExpressions;
using System.Xml.Linq;
using Chronik.TestKit;

namespace Chronik.Tidy.Tests;

/// <summary>What belongs together is there together: projects, lock files, tests, documents.</summary>
public sealed partial class CompletenessTests
{
    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var listed = XDocument.Load(Repository.PathOf("Chronik.slnx")).Descendants("Project").Select(project => project.Attribute("Path")!.Value);
        var there = SourceFile.All.Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal)).Select(file => file.Path);
        Findings.AssertNone(there.Except(listed));
    }

    [Fact]
    public void Every_project_has_its_packages_locked()
    {
        var unlocked =
            from file in SourceFile.All
            where file.Path.EndsWith(".csproj", StringComparison.Ordinal)
            let locks = Path.GetDirectoryName(file.Path)!.Replace('\\', '/') + "/packages.lock.json"
            where SourceFile.All.All(other => other.Path != locks)
            select file.Path;
        Findings.AssertNone(unlocked);
    }

    [Fact]
    public void Every_project_of_the_product_has_a_test_project()
    {
        var untested =
            from folder in Directory.GetDirectories(Repository.PathOf("src"))
            let tests = Path.GetFileName(folder) + ".Tests"
            where !SourceFile.All.Any(file => file.IsCSharp && file.IsBelow($"tests/{tests}/"))
            select tests;
        Findings.AssertNone(untested);
    }

    [Fact]
    public void Every_request_that_is_handled_is_sent_by_a_test_of_the_broker()
    {
        var tests = string.Concat(SourceFile.All.Where(file => file.IsCSharp && file.IsBelow("tests/Chronik.Broker.Tests/")).Select(file => file.Code));
        var untested =
            from file in SourceFile.Product
            let handler = HandlerFile().Match(file.Path)
            where handler.Success && !Regex.IsMatch(tests, $@"\b{handler.Groups["request"].Value}(?:Request|Handler)\b|ApiKey\.{handler.Groups["request"].Value}\b")
            select file.Path;
        Findings.AssertNone(untested);
    }

    [Fact]
    public void Every_script_that_a_document_tells_to_run_exists()
    {
        var missing =
            from document in Documents
            from Match match in Script().Matches(document.Text)
            let script = match.Groups["script"].Value.TrimEnd('.', '/')
            where !Path.Exists(Repository.PathOf(script))
            select $"{document}: ./{script}";
        Findings.AssertNone(missing);
    }

    [Fact]
    public void Every_link_of_a_document_leads_somewhere()
    {
        var broken =
            from document in Documents
            from Match match in Link().Matches(document.Text)
            let folder = Path.GetDirectoryName(Repository.PathOf(document.Path))!
            let target = match.Groups["target"].Value
            where !Path.Exists(Path.GetFullPath(Path.Combine(folder, target)))
            select $"{document}: {target}";
        Findings.AssertNone(broken);
    }

    private static IEnumerable<SourceFile> Documents =>
        SourceFile.All.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal));

    [GeneratedRegex(@"^src/Chronik\.Broker/Handlers/(?:.*/)?(?<request>\w+)Handler\.cs$")]
    private static partial Regex HandlerFile();

    [GeneratedRegex(@"(?<=^|[\s`;&|])\./(?<script>[A-Za-z][\w./-]*)(?<!data)", RegexOptions.Multiline)]
    private static partial Regex Script();

    [GeneratedRegex(@"\]\((?!\w+:|#)(?<target>[^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}

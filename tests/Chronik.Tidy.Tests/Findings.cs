namespace Chronik.Tidy.Tests;

/// <summary>Fails a test with all that was found, each on a line of its own.</summary>
internal static class Findings
{
    public static void AssertNone<T>(IEnumerable<T> findings)
    {
        var found = findings.Select(finding => $"{finding}").Distinct().ToList();
        if (found.Count > 0)
            Assert.Fail($"{found.Count} found:\n  {string.Join("\n  ", found)}");
    }
}

using Xunit;

namespace Chronik.TestKit;

/// <summary>
/// The folder <c>shared</c> beside the checkout: Apache Kafka, its oracle, client packages and protocol tables.
/// Tests that need it are skipped where it is missing, but fail with <c>CI=true</c>.
/// </summary>
public static class SharedFolder
{
    /// <summary>The folder's path, whether it exists or not.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared"));

    /// <summary>True where the folder exists.</summary>
    public static bool Exists => Directory.Exists(Root);

    /// <summary>The path of something below <see cref="Root"/>, which must exist: else the test is skipped.</summary>
    public static string PathOf(params string[] parts)
    {
        Require();
        var path = Path.Combine([Root, .. parts]);
        if (!Path.Exists(path))
            Missing($"{Path.Combine(["../shared", .. parts])} is missing.");
        return path;
    }

    /// <summary>Skips the running test, with the reason, where the folder is missing; fails it with <c>CI=true</c>.</summary>
    public static void Require()
    {
        if (!Exists)
            Missing("The folder ../shared (Kafka and other peers) is not beside this checkout.");
    }

    /// <summary>Skips the running test because something it needs is missing; fails it with <c>CI=true</c>.</summary>
    public static void Missing(string reason)
    {
        if (Repository.IsContinuousIntegration)
            Assert.Fail(reason);
        Assert.Skip(reason);
    }
}

namespace Chronik.TestKit;

/// <summary>Where the sources and the built programs of this checkout lie.</summary>
public static class Repository
{
    private static readonly Lazy<string> Found = new(Find);

    /// <summary>The folder of <c>Chronik.slnx</c>.</summary>
    public static string Root => Found.Value;

    /// <summary><c>release</c> or <c>debug</c>: the configuration that the running tests were built in.</summary>
    public static string Configuration =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    /// <summary>True where a missing tool is a fault of the set-up and not a reason to skip.</summary>
    public static bool IsContinuousIntegration =>
        string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The path of something below <see cref="Root"/>.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The output folder of one of this checkout's projects, in the configuration of the running tests.</summary>
    public static string OutputOf(string project) => PathOf("artifacts", "bin", project, Configuration);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Chronik.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No Chronik.slnx above {AppContext.BaseDirectory}.");
    }
}

namespace Chronik.TestKit;

/// <summary>An empty folder that is gone when the test is.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>The folder's full path.</summary>
    public string FullName { get; } = Directory.CreateTempSubdirectory("chronik-test-").FullName;

    /// <summary>The path of something in the folder.</summary>
    public string PathOf(params string[] parts) => Path.Combine([FullName, .. parts]);

    /// <summary>Deletes the folder and all in it.</summary>
    public void Dispose()
    {
        if (Directory.Exists(FullName))
            Directory.Delete(FullName, recursive: true);
    }
}

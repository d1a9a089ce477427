namespace Chronik.Storage.IO;

/// <summary>The folder that everything else is in.</summary>
internal static class DurableFolder
{
    /// <summary>
    /// Makes a folder, and those above it, where missing. A new name lasts once the folder above it is synced, and so on up to one
    /// that was there.
    /// </summary>
    public static void Make(IFileSystem files, string directory)
    {
        directory = directory.TrimEnd('/');
        if (files.DirectoryExists(directory))
        {
            SyncParentOf(files, directory);
            return;
        }

        var parents = new List<string>();
        for (var path = directory; path.Length > 0 && !files.DirectoryExists(path); path = path[..Math.Max(0, path.LastIndexOf('/'))])
            parents.Add(ParentOf(path));
        files.CreateDirectory(directory);
        foreach (var parent in parents)
            files.SyncDirectory(parent);
    }

    // It may have been made by a process that was killed before it could sync it. Most folders were not: who may not do it goes on.
    private static void SyncParentOf(IFileSystem files, string directory)
    {
        try
        {
            files.SyncDirectory(ParentOf(directory));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    private static string ParentOf(string path) => path.LastIndexOf('/') switch
    {
        < 0 => ".",
        0 => "/",
        var slash => path[..slash],
    };
}

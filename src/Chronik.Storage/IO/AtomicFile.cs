using System.Text;

namespace Chronik.Storage.IO;

/// <summary>Small files that are replaced as a whole: after a crash there is the old one or the new one.</summary>
internal static class AtomicFile
{
    private const string Temporary = ".tmp";

    /// <summary>Replaces the file, durable when it returns.</summary>
    public static void Write(IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        Replace(files, path, content);
        files.SyncDirectory(path[..path.LastIndexOf('/')]);
    }

    /// <summary>Replaces the file; the content is durable, the name is once the caller syncs the folder.</summary>
    public static void Replace(IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + Temporary;
        try
        {
            using (var file = files.Open(temporary, FileOpenKind.CreateOrTruncate))
            {
                file.Write(content, 0);
                file.Sync();
            }

            files.Rename(temporary, path);
        }
        catch (IOException)
        {
            Withdraw(files, temporary);
            throw;
        }
    }

    // A full disk is not to be filled with halves.
    private static void Withdraw(IFileSystem files, string temporary)
    {
        try
        {
            files.Delete(temporary);
        }
        catch (IOException)
        {
            // The next start removes it.
        }
    }

    /// <summary>Writes the content under another name, not durable: for who syncs many at a time.</summary>
    public static void WriteAside(IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + Temporary;
        try
        {
            using var file = files.Open(temporary, FileOpenKind.CreateOrTruncate);
            file.Write(content, 0);
        }
        catch (IOException)
        {
            Withdraw(files, temporary);
            throw;
        }
    }

    /// <summary>Replaces the file by what was written aside and is durable.</summary>
    public static void PutInPlace(IFileSystem files, string path) => files.Rename(path + Temporary, path);

    public static void WriteText(IFileSystem files, string path, string text) => Write(files, path, Encoding.UTF8.GetBytes(text));

    /// <summary>The whole content, or null where there is no such file.</summary>
    public static byte[]? Read(IFileSystem files, string path)
    {
        if (!files.FileExists(path))
            return null;
        using var file = files.Open(path, FileOpenKind.Read);
        var content = new byte[file.Length];
        return content[..file.Read(content, 0)];
    }

    public static string? ReadText(IFileSystem files, string path) =>
        Read(files, path) is { } content ? Encoding.UTF8.GetString(content) : null;
}

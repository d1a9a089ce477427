using System.Globalization;

namespace Chronik.Storage.IO;

/// <summary>Names the time since a folder's file system was mounted: while it is the same, nothing that was written is lost.</summary>
internal static class MachineRun
{
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";
    private const string MountsFile = "/proc/self/mountinfo";

    /// <summary>The kernel's boot and the folder's mount; null where the system does not say.</summary>
    public static string? Of(string directory)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            var path = System.IO.Path.GetFullPath(directory);
            var mount = File.ReadLines(MountsFile).Select(static line => line.Split(' '))
                .Where(words => words.Length > 4 && IsAtOrBelow(path, words[4]))
                .MaxBy(static words => words[4].Length);
            return mount is null
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"{File.ReadAllText(BootIdFile).Trim()} {mount[0]} {mount[2]} {mount[4]}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsAtOrBelow(string path, string mountPoint) =>
        mountPoint == "/" || path == mountPoint || path.StartsWith(mountPoint + "/", StringComparison.Ordinal);
}

using System.Globalization;

namespace Chronik.Campaigns.PowerCuts;

/// <summary>
/// A file system whose power can be cut: it lives in an image file on btrfs (or xfs), and a clone of that file is what a disk
/// would hold if power failed at that moment. The loop device goes past the page cache, so nothing but what the inner file
/// system has sent to its disk is in the clone.
/// </summary>
internal sealed class CutFileSystem : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _kind;
    private readonly Stack<Func<Task>> _undo = new();
    private int _cuts;

    private CutFileSystem(string folder, string kind)
    {
        _folder = folder;
        _kind = kind;
    }

    /// <summary>Where the inner file system is mounted.</summary>
    public string Root => Path.Combine(_folder, "disk");

    private string OuterFolder => Path.Combine(_folder, "outer");

    private string Image => Path.Combine(OuterFolder, "disk.img");

    /// <summary>Why it cannot be made here; null where it can.</summary>
    public static string? Missing(string kind)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            return "only root of a Linux can mount file systems";
        if (!File.Exists("/dev/loop-control"))
            return "there are no loop devices here";
        string[] tools = ["losetup", "mount", "umount", $"mkfs.{kind}"];
        if (tools.FirstOrDefault(tool => Shell.Find(tool) is null) is { } missing)
            return $"{missing} is not installed";
        return Outer() is null ? "neither mkfs.btrfs nor mkfs.xfs is installed" : null;
    }

    /// <summary>Makes and mounts it.</summary>
    /// <param name="folder">An empty folder, for images and mount points.</param>
    /// <param name="kind"><c>ext4</c> or <c>xfs</c>.</param>
    /// <param name="sizeMiB">The size of the inner file system.</param>
    public static async Task<CutFileSystem> CreateAsync(string folder, string kind, int sizeMiB)
    {
        var made = new CutFileSystem(folder, kind);
        try
        {
            await made.MountOuterAsync(sizeMiB);
            await made.MountInnerAsync(sizeMiB);
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>Cuts the power: returns the image of what the disk holds.</summary>
    public string Cut()
    {
        var cut = Path.Combine(OuterFolder, string.Create(CultureInfo.InvariantCulture, $"cut-{Interlocked.Increment(ref _cuts)}.img"));
        Reflink.Clone(Image, cut);
        return cut;
    }

    /// <summary>Mounts an image, which replays the file system's journal; returns the mount point.</summary>
    public async Task<string> MountAsync(string image)
    {
        var at = Path.Combine(_folder, Path.GetFileNameWithoutExtension(image));
        Directory.CreateDirectory(at);
        await Shell.RunAsync("mount", "-t", _kind, "-o", _kind == "xfs" ? "loop,nouuid" : "loop", image, at);
        return at;
    }

    /// <summary>Unmounts an image and deletes it.</summary>
    public async Task DropAsync(string image)
    {
        var at = Path.Combine(_folder, Path.GetFileNameWithoutExtension(image));
        await UnmountAsync(at);
        if (Directory.Exists(at))
            Directory.Delete(at);
        File.Delete(image);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var image in Directory.Exists(OuterFolder) ? Directory.GetFiles(OuterFolder, "cut-*.img") : [])
            await DropAsync(image);
        while (_undo.TryPop(out var undo))
            await undo();
    }

    private static string? Outer() => Array.Find(["btrfs", "xfs"], kind => Shell.Find($"mkfs.{kind}") is not null);

    private static async Task UnmountAsync(string folder)
    {
        // Whoever was killed a moment ago may still hold it.
        for (var attempt = 0; (await File.ReadAllTextAsync("/proc/self/mounts")).Contains($" {folder} ", StringComparison.Ordinal); attempt++)
        {
            try
            {
                await Shell.RunAsync("umount", folder);
            }
            catch (InvalidOperationException) when (attempt < 50)
            {
                await Task.Delay(100);
            }
        }
    }

    private async Task MountOuterAsync(int sizeMiB)
    {
        var image = Path.Combine(_folder, "outer.img");
        Directory.CreateDirectory(OuterFolder);
        // Sparse: the clones of a busy disk may add up to several times its size.
        await MakeImageAsync(image, Outer()!, sizeMiB * 6);
        _undo.Push(() => UnmountAsync(OuterFolder));
        await Shell.RunAsync("mount", "-o", "loop", image, OuterFolder);
    }

    private async Task MountInnerAsync(int sizeMiB)
    {
        Directory.CreateDirectory(Root);
        await MakeImageAsync(Image, _kind, sizeMiB);
        var device = await Shell.RunAsync("losetup", "--direct-io=on", "--find", "--show", Image);
        _undo.Push(() => Shell.RunAsync("losetup", "--detach", device));
        if (await Shell.RunAsync("losetup", "--noheadings", "--output", "DIO", device) != "1")
            throw new InvalidOperationException($"{device} does not do direct I/O: what it has in memory would not be in the image.");
        _undo.Push(() => UnmountAsync(Root));
        await Shell.RunAsync("mount", "-t", _kind, device, Root);
    }

    private static async Task MakeImageAsync(string image, string kind, int sizeMiB)
    {
        await using (var file = File.Create(image))
            file.SetLength(sizeMiB * 1024L * 1024);
        // All of ext4's tables at once: else they are written behind our back for minutes.
        string[] options = kind == "ext4" ? ["-q", "-E", "lazy_itable_init=0,lazy_journal_init=0"] : ["-q"];
        await Shell.RunAsync($"mkfs.{kind}", [.. options, image]);
    }
}

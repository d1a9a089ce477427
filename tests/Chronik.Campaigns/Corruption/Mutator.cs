namespace Chronik.Campaigns.Corruption;

/// <summary>Damages files as disks, file systems and people do.</summary>
internal sealed class Mutator(StoreImage image, Random random)
{
    private static readonly int[] s_sectors = [512, 4096];
    private readonly Dictionary<string, byte[]> _files = new(image.Files, StringComparer.Ordinal);

    public Mutation Run()
    {
        var path = Pick();
        var before = image.Files[path];
        var (kind, text) = before.Length == 0 ? Garbage(path) : random.Next(100) switch
        {
            < 60 => Flip(path),
            < 70 => Cut(path),
            < 78 => Zero(path),
            < 84 => Duplicate(path),
            < 88 => Overwrite(path),
            < 92 => Garbage(path),
            < 96 => Swap(path),
            < 98 => Empty(path),
            _ => Delete(path),
        };
        var changed = image.Files.Keys.Union(_files.Keys)
            .Where(file => !(_files.TryGetValue(file, out var after) && image.Files.TryGetValue(file, out var old) && after.AsSpan().SequenceEqual(old)))
            .ToList();
        return new Mutation(kind, text, _files, changed);
    }

    // Half of the damage to logs, by their length; else to any file.
    private string Pick()
    {
        var paths = image.Files.Keys.Order(StringComparer.Ordinal).ToList();
        var logs = paths.Where(static path => path.EndsWith(".log", StringComparison.Ordinal)).ToList();
        if (random.Next(2) == 0)
            return paths[random.Next(paths.Count)];
        var at = random.NextInt64(logs.Sum(path => (long)image.Files[path].Length));
        return logs.First(path => (at -= image.Files[path].Length) < 0);
    }

    private (string, string) Flip(string path)
    {
        var bytes = Copy(path);
        var bit = random.Next(8 * bytes.Length);
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return ("flip", $"bit {bit % 8} of byte {bit / 8} of {path} flipped");
    }

    private (string, string) Cut(string path)
    {
        var length = random.Next(image.Files[path].Length);
        _files[path] = image.Files[path][..length];
        return ("cut", $"{path} cut from {image.Files[path].Length} to {length} bytes");
    }

    private (string, string) Zero(string path)
    {
        var bytes = Copy(path);
        var sector = s_sectors[random.Next(s_sectors.Length)];
        var at = random.Next(bytes.Length) / sector * sector;
        bytes.AsSpan(at, Math.Min(sector, bytes.Length - at)).Clear();
        return ("zeros", $"{sector} bytes of {path} from {at} on zeroed");
    }

    private (string, string) Duplicate(string path)
    {
        var bytes = Copy(path);
        var sector = s_sectors[random.Next(s_sectors.Length)];
        var from = random.Next(bytes.Length) / sector * sector;
        var to = random.Next(bytes.Length) / sector * sector;
        var block = bytes.AsSpan(from, Math.Min(sector, bytes.Length - from)).ToArray();
        block.AsSpan(0, Math.Min(block.Length, bytes.Length - to)).CopyTo(bytes.AsSpan(to));
        return ("duplicate", $"{sector} bytes of {path} at {from} copied to {to}");
    }

    private (string, string) Overwrite(string path)
    {
        var bytes = Copy(path);
        var at = random.Next(bytes.Length);
        var count = random.Next(1, Math.Min(64, bytes.Length - at) + 1);
        random.NextBytes(bytes.AsSpan(at, count));
        return ("overwrite", $"{count} bytes of {path} from {at} on overwritten");
    }

    private (string, string) Garbage(string path)
    {
        var garbage = new byte[random.Next(1, 200)];
        if (random.Next(3) > 0)
            random.NextBytes(garbage);
        _files[path] = [.. image.Files[path], .. garbage];
        return ("garbage", $"{garbage.Length} bytes appended to {path}");
    }

    // With another file of its folder: nothing in two logs says whose they are, so between folders only what is no log. Nor does
    // a snapshot say when it was made, so two of them are not swapped either.
    private (string, string) Swap(string path)
    {
        var isLog = path.EndsWith(".log", StringComparison.Ordinal) || path.EndsWith(".snapshot", StringComparison.Ordinal) || !path.Contains("index", StringComparison.Ordinal);
        var folder = path[..path.LastIndexOf('/')];
        var others = image.Files.Keys.Where(other => other != path && !(path.EndsWith(".snapshot", StringComparison.Ordinal) && other.EndsWith(".snapshot", StringComparison.Ordinal)) && (isLog ? other[..other.LastIndexOf('/')] == folder : other.Contains("index", StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal).ToList();
        if (others.Count == 0)
            return Garbage(path);
        var other = others[random.Next(others.Count)];
        (_files[path], _files[other]) = (image.Files[other], image.Files[path]);
        return ("swap", $"{path} and {other} swapped");
    }

    private (string, string) Empty(string path)
    {
        _files[path] = [];
        return ("empty", $"{path} emptied");
    }

    private (string, string) Delete(string path)
    {
        _files.Remove(path);
        return ("delete", $"{path} deleted");
    }

    private byte[] Copy(string path)
    {
        var bytes = (byte[])image.Files[path].Clone();
        _files[path] = bytes;
        return bytes;
    }
}

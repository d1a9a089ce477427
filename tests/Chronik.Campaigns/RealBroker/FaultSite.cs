using System.Text.RegularExpressions;

namespace Chronik.Campaigns.RealBroker;

/// <summary>Where in the broker a traced call was: the call, and the kind of file that it was for.</summary>
internal static partial class FaultSite
{
    /// <summary>The site of a line of strace, as in <c>fdatasync log</c>; null for lines that are no calls.</summary>
    public static string? Of(string line)
    {
        if (Call().Match(line) is not { Success: true } call)
            return null;
        // Of an open file, or the last of the names.
        var path = call.Groups[2].Success ? call.Groups[2].Value : Name().Matches(line).LastOrDefault()?.Groups[1].Value;
        return $"{call.Groups[1].Value} {Kind(path?.EndsWith(".tmp", StringComparison.Ordinal) == true ? path[..^4] : path ?? "")}";
    }

    private static string Kind(string path) => Path.GetExtension(path) switch
    {
        ".log" => "log",
        ".index" or ".timeindex" or ".txnindex" => "index",
        ".snapshot" => "snapshot",
        ".db" or ".db-wal" or ".db-shm" or ".db-journal" => "catalog",
        ".metadata" => "partition.metadata",
        ".lock" => ".lock",
        _ when path.EndsWith("checkpoint", StringComparison.Ordinal) => "checkpoint",
        _ when path.Contains("/data/load-", StringComparison.Ordinal) => "partition folder",
        _ when path.EndsWith("/data", StringComparison.Ordinal) => "data folder",
        _ when path.Contains("/data/", StringComparison.Ordinal) => Path.GetFileName(path),
        _ => "other",
    };

    [GeneratedRegex(@"^\d+\s+([a-z_0-9]+)\((?:\d+<([^>]*)>)?")]
    private static partial Regex Call();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Name();
}

namespace Chronik.Campaigns.IoErrors;

/// <summary>Which system calls fail, how, and how often.</summary>
/// <param name="Calls">The calls, as strace names them.</param>
/// <param name="Error">The error's name.</param>
/// <param name="First">The first call of a thread that fails.</param>
/// <param name="ForEver">Whether all that follow fail too.</param>
/// <param name="WhileStarting">Whether the broker meets it from its start on, after a kill; else while it serves.</param>
internal sealed record IoFault(string Calls, string Error, int First, bool ForEver, bool WhileStarting)
{
    /// <summary>Every call that makes something durable.</summary>
    public const string AllSyncs = "?fdatasync,?fsync,?syncfs";

    /// <summary>What strace is told.</summary>
    public string Injection => $"error={Error}:when={First}{(ForEver ? "+" : "")}";

    /// <summary>Whether nothing at all can become durable while it lasts.</summary>
    public bool ForbidsAll => Calls == AllSyncs && ForEver && First == 1;

    /// <summary>Whether reading needs calls that fail.</summary>
    public bool DisturbsReading => Calls.Contains("openat", StringComparison.Ordinal);

    public override string ToString() =>
        $"{Calls.Replace("?", "", StringComparison.Ordinal)} with {Error}, {(ForEver ? $"for ever from call {First} on" : $"once, at call {First}")}{(WhileStarting ? ", while it starts" : "")}";

    /// <summary>All calls, errors, once and for ever, serving and starting; in a random order, each with a random first call.</summary>
    public static IEnumerable<IoFault> All(Random random)
    {
        (string Calls, int FirstMax)[] calls =
        [
            ("?pwrite64,?pwritev", 60),
            ("?fdatasync", 30),
            ("?fsync", 12),
            ("?syncfs", 8),
            (AllSyncs, 1),
            ("?ftruncate,?fallocate", 12),
            ("?rename,?renameat,?renameat2", 6),
            ("?unlink,?unlinkat,?rmdir", 12),
            ("?openat", 30),
            ("?mkdir,?mkdirat", 2),
        ];
        var faults =
            from call in calls
            from error in (string[])["EIO", "ENOSPC", "EROFS"]
            from forEver in (bool[])[false, true]
            from starting in (bool[])[false, true]
            select new IoFault(call.Calls, error, (int)Math.Pow(call.FirstMax, random.NextDouble()), forEver, starting);
        return faults.OrderBy(_ => random.Next());
    }
}

namespace Chronik.Campaigns.Kills;

/// <summary>Which system call of a thread shall be its last.</summary>
internal static class KillPlan
{
    // The names differ between processors; a question mark lets strace leave out what it does not know.
    private static readonly (string Calls, int CountMax)[] s_calls =
    [
        ("?pwrite64", 400),
        ("?pwrite64", 20),
        ("?fdatasync", 100),
        ("?fsync,?syncfs", 60),
        ("?rename,?renameat,?renameat2", 40),
        ("?ftruncate,?fallocate", 40),
        ("?unlink,?unlinkat,?rmdir", 60),
        ("?mkdir,?mkdirat", 6),
        ("?openat", 600),
    ];

    /// <summary>The calls, and which of them.</summary>
    public static (string Calls, int Count) Next(Random random)
    {
        var (calls, countMax) = s_calls[random.Next(s_calls.Length)];

        // As often from 1 to 10 as from 10 to 100.
        return (calls, (int)Math.Pow(countMax, random.NextDouble()));
    }
}

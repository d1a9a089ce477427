using Chronik.Storage.IO;

namespace Chronik.Storage.Verification;

/// <summary>What is repaired, and how.</summary>
public sealed record RepairOptions
{
    /// <summary>The data folder; the caller holds its lock.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The files.</summary>
    public required IFileSystem Files { get; init; }

    /// <summary>Where the reading runs.</summary>
    public required TaskScheduler Scheduler { get; init; }

    /// <summary>Topics (<c>orders</c>) or partitions (<c>orders-0</c>); empty for all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Also take batches out whose records cannot be parsed.</summary>
    public bool IsDeep { get; init; }

    /// <summary>Change nothing; only say what would be done.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Filled while the damage is looked for, or null.</summary>
    public VerificationProgress? Progress { get; init; }
}

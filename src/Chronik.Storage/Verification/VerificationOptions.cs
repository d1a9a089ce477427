using Chronik.Storage.IO;

namespace Chronik.Storage.Verification;

/// <summary>What is verified, and how.</summary>
public sealed record VerificationOptions
{
    /// <summary>The data folder, Chronik's or Kafka's.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The files; they are only read.</summary>
    public required IFileSystem Files { get; init; }

    /// <summary>Where the reading runs.</summary>
    public required TaskScheduler Scheduler { get; init; }

    /// <summary>How many partitions are read beside each other.</summary>
    public int Parallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Topics (<c>orders</c>) or partitions (<c>orders-0</c>); empty for all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Also parse every record, decompressed where it is compressed.</summary>
    public bool IsDeep { get; init; }

    /// <summary>
    /// A server is writing in this folder meanwhile: what a second look does not find again was the server at work, and the
    /// end of each log is left to it.
    /// </summary>
    public bool IsLive { get; init; }

    /// <summary>Filled while it runs, or null.</summary>
    public VerificationProgress? Progress { get; init; }
}

namespace Chronik.Server.Output;

/// <summary>What <c>log verify</c> found.</summary>
internal sealed record VerifyReport(
    string DataDirectory,
    bool IsLive,
    bool WasClosedCleanly,
    int Partitions,
    int Segments,
    long Batches,
    long Bytes,
    double Seconds,
    bool HasDamage,
    IReadOnlyList<FindingRow> Findings);

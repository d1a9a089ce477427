using Chronik.Storage.Verification;

namespace Chronik.Server.Output;

/// <summary>One thing that <c>log verify</c> found.</summary>
internal sealed record FindingRow(
    string Partition,
    string File,
    FindingKind Kind,
    FindingSeverity Severity,
    long? Position,
    long? End,
    long? FirstOffset,
    long? NextOffset,
    int Count,
    string Problem,
    string Effect,
    string Repair)
{
    public static FindingRow Of(LogFinding finding) => new(
        finding.Partition, finding.File, finding.Kind, finding.Severity, finding.Position, finding.End,
        finding.FirstOffset, finding.NextOffset, finding.Count, finding.Problem, finding.Effect, finding.Repair);
}

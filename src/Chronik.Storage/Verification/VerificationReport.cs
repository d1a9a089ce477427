namespace Chronik.Storage.Verification;

/// <summary>What a verification found.</summary>
public sealed record VerificationReport
{
    /// <summary>By partition and place; empty if all is well.</summary>
    public required IReadOnlyList<LogFinding> Findings { get; init; }

    /// <summary>What was read.</summary>
    public required VerificationProgress Read { get; init; }

    /// <summary>Whether the last run of a server was ended cleanly.</summary>
    public required bool WasClosedCleanly { get; init; }

    /// <summary>Whether anything is damaged; notes do not count.</summary>
    public bool HasDamage => Findings.Any(static finding => finding.Severity == FindingSeverity.Damage);
}

namespace Chronik.Campaigns.Corruption;

/// <summary>What a case showed.</summary>
/// <param name="Wrong">What must not be; empty if all is well.</param>
/// <param name="AffectedBatches">Batches whose bytes were changed.</param>
/// <param name="WasAnswered">A read was answered with CORRUPT_MESSAGE.</param>
/// <param name="WasLogged">The server's log has a warning or an error.</param>
/// <param name="WasVerified">The verification found damage.</param>
internal sealed record CaseOutcome(IReadOnlyList<string> Wrong, int AffectedBatches, bool WasAnswered, bool WasLogged, bool WasVerified);

namespace Chronik.Coordination.Classic;

/// <summary>Who speaks for a member: what an operator needs to find the process.</summary>
/// <param name="ClientId">client.id of the request.</param>
/// <param name="Host">The address it came from, as Kafka writes it: <c>/127.0.0.1</c>.</param>
/// <param name="SoftwareName">The client's library (KIP-511); "unknown" where it did not say.</param>
/// <param name="SoftwareVersion">The library's version; "unknown" where it did not say.</param>
public sealed record ClientIdentity(string ClientId, string Host, string SoftwareName, string SoftwareVersion);

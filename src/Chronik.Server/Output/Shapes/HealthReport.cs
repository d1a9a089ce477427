namespace Chronik.Server.Output;

/// <summary>What <c>health</c> found.</summary>
internal sealed record HealthReport(string Server, bool Serves, string? ClusterId, int Brokers, string? Problem);

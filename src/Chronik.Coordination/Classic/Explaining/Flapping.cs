namespace Chronik.Coordination.Classic.Explaining;

/// <summary>A process that makes its group rebalance again and again, under whatever member ids.</summary>
/// <param name="Client">The process.</param>
/// <param name="Rebalances">How many of the last hour's rebalances it caused.</param>
public sealed record Flapping(ClientIdentity Client, int Rebalances);

namespace Chronik.Campaigns.RealBroker;

/// <summary>What a check saw.</summary>
/// <param name="Wrong">What is not as it must be; none: all is well.</param>
/// <param name="Topics">Topics that were there.</param>
/// <param name="Records">Records that were read.</param>
/// <param name="Acknowledged">Of those, the ones that had been acknowledged: had one been missing, it would be among the wrong.</param>
internal sealed record CheckResult(IReadOnlyList<string> Wrong, int Topics, long Records, long Acknowledged);

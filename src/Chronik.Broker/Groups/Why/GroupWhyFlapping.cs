namespace Chronik.Broker.Groups.Why;

/// <summary>A process that makes an explained group rebalance again and again.</summary>
internal sealed record GroupWhyFlapping(string ClientId, string Host, int Rebalances);

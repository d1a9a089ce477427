namespace Chronik.Broker.Network;

/// <summary>An address that clients are told (Metadata, FindCoordinator, DescribeCluster).</summary>
/// <param name="Host">A name, or an address without brackets.</param>
/// <param name="Port">The port.</param>
public readonly record struct AdvertisedEndpoint(string Host, int Port)
{
    /// <summary><c>host:port</c>, an IPv6 address in brackets.</summary>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

namespace Chronik.Broker;

/// <summary>Who this broker is, as clients are told.</summary>
/// <param name="ClusterId">The cluster's identity, from the catalog.</param>
/// <param name="NodeId">node.id.</param>
internal sealed record BrokerIdentity(string ClusterId, int NodeId);

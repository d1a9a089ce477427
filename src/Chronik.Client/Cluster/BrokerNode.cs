namespace Chronik.Client;

/// <summary>A broker of a cluster.</summary>
/// <param name="Id">Its node id.</param>
/// <param name="Address">Where it says that it listens.</param>
/// <param name="Rack">Its rack, if it has one.</param>
public sealed record BrokerNode(int Id, BrokerAddress Address, string? Rack);

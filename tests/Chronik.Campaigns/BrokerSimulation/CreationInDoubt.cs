namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>A creation of a topic that was asked for, and of which nobody knows what came.</summary>
internal sealed record CreationInDoubt(long Started, int Partitions, KeyValuePair<string, string>[] Settings);

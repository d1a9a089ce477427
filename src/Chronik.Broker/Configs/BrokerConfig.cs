namespace Chronik.Broker.Configs;

/// <summary>A setting of the broker.</summary>
/// <param name="Definition">Its name, type, default and meaning.</param>
/// <param name="Started">The value that the broker was started with, where <see cref="BrokerOptions"/> has it as a property.</param>
internal sealed record BrokerConfig(ConfigDefinition Definition, Func<BrokerOptions, string?>? Started = null);

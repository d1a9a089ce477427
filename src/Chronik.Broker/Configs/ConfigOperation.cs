namespace Chronik.Broker.Configs;

/// <summary>What to do to a setting, with Kafka's numbers (KIP-339).</summary>
internal enum ConfigOperation : sbyte
{
    Set = 0,
    Delete = 1,
    Append = 2,
    Subtract = 3,
}

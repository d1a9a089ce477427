namespace Chronik.Broker.Configs;

/// <summary>Where a config's value comes from, with Kafka's numbers (DescribeConfigs v1+).</summary>
internal enum ConfigSource : sbyte
{
    Topic = 1,
    DynamicBroker = 2,
    DynamicDefaultBroker = 3,
    StaticBroker = 4,
    Default = 5,
    DynamicBrokerLogger = 6,
    ClientMetrics = 7,
    Group = 8,
}

namespace Chronik.Broker.Configs;

/// <summary>What has configs, with Kafka's numbers; stored in the catalog.</summary>
internal static class ConfigResourceKind
{
    internal const byte Topic = 2;
    internal const byte Broker = 4;
    internal const byte BrokerLogger = 8;
    internal const byte ClientMetrics = 16;
    internal const byte Group = 32;
}

namespace Chronik.Broker.Configs;

/// <summary>The type of a config's value, with Kafka's numbers (DescribeConfigs v3+).</summary>
internal enum ConfigType : sbyte
{
    Boolean = 1,
    String = 2,
    Int = 3,
    Short = 4,
    Long = 5,
    Double = 6,
    List = 7,
    Class = 8,
    Password = 9,
}

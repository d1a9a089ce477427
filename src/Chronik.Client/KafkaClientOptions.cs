namespace Chronik.Client;

/// <summary>How a <see cref="KafkaClient"/> finds its cluster, and how patient it is.</summary>
public sealed record KafkaClientOptions
{
    /// <summary>Brokers to ask for the others, with commas between them: <c>host:port,host:port</c>.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>What brokers log and count the client by.</summary>
    public string ClientId { get; init; } = "chronik-client";

    /// <summary>How long connecting to one broker may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a broker may take to answer.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to go on trying when brokers cannot be reached, or say that another one is to be asked.</summary>
    public TimeSpan RetryTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long to wait before the second try; it doubles up to ten times itself.</summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How old what is known of a topic may become.</summary>
    public TimeSpan MetadataMaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The clock of all timeouts.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>What opens connections.</summary>
    public IConnector Connector { get; init; } = TcpConnector.Instance;
}

namespace Chronik.Broker.Network;

/// <summary>An address to listen on.</summary>
/// <param name="Host">A name or an address; "localhost" is both loopbacks, "" and "*" are every address.</param>
/// <param name="Port">The port; 0 takes a free one.</param>
public sealed record ListenerOptions(string Host, int Port)
{
    /// <summary>Kafka's name of the listener.</summary>
    public string Name { get; init; } = "PLAINTEXT";

    /// <summary>What the system holds of answers that a client has not taken; null or less than 1 leaves it to the system.</summary>
    public int? SendBufferBytes { get; init; }

    /// <summary>What clients are told; null for the address that each connected to. Port 0 is the port listened on.</summary>
    public AdvertisedEndpoint? Advertise { get; init; }
}

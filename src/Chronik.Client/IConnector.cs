namespace Chronik.Client;

/// <summary>Opens connections to brokers; a test's is in memory.</summary>
public interface IConnector
{
    /// <summary>Opens a connection.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    Task<Stream> ConnectAsync(BrokerAddress address, CancellationToken cancellation);
}

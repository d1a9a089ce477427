namespace Chronik.Broker.Network;

/// <summary>Where connections come from: real sockets, or memory in tests. Protocol and limits are not its business.</summary>
public interface ITransport
{
    /// <summary>Opens a listener; one name may stand for several addresses (localhost: IPv4 and IPv6).</summary>
    /// <exception cref="TransportException">None of the addresses can be listened on; the message is for the operator.</exception>
    ValueTask<IReadOnlyList<ITransportListener>> ListenAsync(ListenerOptions options);
}

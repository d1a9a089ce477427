using System.Net;

namespace Chronik.Broker.Network;

/// <summary>One address that is listened on; disposing it ends <see cref="AcceptAsync"/>.</summary>
public interface ITransportListener : IDisposable
{
    /// <summary>The address, with the port that was really taken.</summary>
    EndPoint LocalEndPoint { get; }

    /// <summary>The next connection; null once the listener is disposed.</summary>
    /// <exception cref="IOException">Accepting failed for now (no file descriptor left): try again a little later.</exception>
    ValueTask<ITransportConnection?> AcceptAsync();
}

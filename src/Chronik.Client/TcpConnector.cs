using System.Net.Sockets;

namespace Chronik.Client;

/// <summary>Opens TCP connections.</summary>
public sealed class TcpConnector : IConnector
{
    private TcpConnector()
    {
    }

    /// <summary>The only one: it has no state.</summary>
    public static TcpConnector Instance { get; } = new();

    /// <inheritdoc/>
    public async Task<Stream> ConnectAsync(BrokerAddress address, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"{address} cannot be reached: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

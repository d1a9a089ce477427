using System.Net;
using System.Net.Sockets;
using Chronik.Storage.IO;

namespace Chronik.Broker.Network;

/// <summary>A listening TCP socket.</summary>
internal sealed class SocketListener(Socket socket) : ITransportListener
{
    private volatile bool _disposed;

    /// <inheritdoc/>
    public EndPoint LocalEndPoint { get; } = socket.LocalEndPoint!;

    /// <inheritdoc/>
    public async ValueTask<ITransportConnection?> AcceptAsync()
    {
        while (!_disposed)
        {
            Socket? accepted = null;
            try
            {
                accepted = await socket.AcceptAsync();
                accepted.NoDelay = true;
                return new SocketConnection(accepted);
            }
            catch (ObjectDisposedException)
            {
                accepted?.Dispose();
            }
            catch (SocketException) when (_disposed)
            {
                accepted?.Dispose();
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted || accepted is not null)
            {
                // The client was gone before it was accepted.
                accepted?.Dispose();
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.TooManyOpenSockets)
            {
                throw new IOException(
                    $"this process may have no more than {ProcessLimits.OpenFiles} files and connections open; "
                    + "raise it with 'ulimit -n' or LimitNOFILE=, or set max.connections lower",
                    e);
            }
            catch (SocketException e)
            {
                throw new IOException(e.Message, e);
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        socket.Dispose();
    }
}

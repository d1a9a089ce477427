using System.Net;
using Chronik.Broker.Diagnostics;

namespace Chronik.Broker.Network;

/// <summary>The broker's listeners and connections, from the first to the last.</summary>
internal sealed class BrokerNetwork(ITransport transport, NetworkServices services) : IDisposable
{
    private readonly List<Listener> _listeners = [];
    private readonly List<Task> _accepting = [];
    private readonly ConnectionRegistry _connections = new(services);

    /// <summary>The addresses that are listened on, with the ports that were really taken.</summary>
    public IReadOnlyList<EndPoint> EndPoints => [.. _listeners.Select(listener => listener.LocalEndPoint)];

    /// <summary>Open connections.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Opens every listener and begins to accept.</summary>
    /// <exception cref="TransportException">A listener cannot be opened.</exception>
    public async Task StartAsync()
    {
        try
        {
            foreach (ListenerOptions given in services.Options.Listeners)
            {
                ListenerOptions options = given with { SendBufferBytes = given.SendBufferBytes ?? services.Options.SocketSendBufferBytes };
                foreach (ITransportListener listener in await transport.ListenAsync(options))
                {
                    _listeners.Add(new Listener(listener, options, _connections, services));
                    services.Logger.Listening(listener.LocalEndPoint);
                }
            }
        }
        catch
        {
            await StopAsync();
            throw;
        }

        _accepting.AddRange(_listeners.Select(listener => listener.RunAsync()));
    }

    /// <summary>Accepts no more, answers what is under way, and ends every connection.</summary>
    public async Task StopAsync()
    {
        _listeners.ForEach(listener => listener.Dispose());
        await Task.WhenAll(_accepting);
        await _connections.StopAsync();
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _connections.Dispose();
}

using System.Net;
using Chronik.Broker.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Chronik.Broker.Network;

/// <summary>Accepts connections on one address until it is disposed; a lack of file descriptors only makes it wait.</summary>
internal sealed class Listener(ITransportListener transport, ListenerOptions options, ConnectionRegistry connections, NetworkServices services)
    : IDisposable
{
    private static readonly TimeSpan s_retryPause = TimeSpan.FromMilliseconds(200);

    /// <summary>The address, with the port that was really taken.</summary>
    public EndPoint LocalEndPoint => transport.LocalEndPoint;

    /// <summary>The setting that it was opened for.</summary>
    public ListenerOptions Options => options;

    /// <summary>Accepts until disposed.</summary>
    public async Task RunAsync()
    {
        bool failing = false;
        while (true)
        {
            try
            {
                ITransportConnection? accepted = await transport.AcceptAsync();
                if (accepted is null)
                {
                    return;
                }

                if (failing)
                {
                    failing = false;
                    services.Logger.AcceptRecovered(LocalEndPoint);
                }

                connections.Serve(accepted, options);
            }
            catch (IOException e)
            {
                if (!failing)
                {
                    failing = true;
                    services.Logger.AcceptFailed(LocalEndPoint, e.Message);
                }

                await Task.Delay(s_retryPause, services.Time);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => transport.Dispose();
}

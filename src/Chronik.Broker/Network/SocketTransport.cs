using System.Net;
using System.Net.Sockets;

namespace Chronik.Broker.Network;

/// <summary>TCP sockets, IPv4 and IPv6.</summary>
public sealed class SocketTransport : ITransport
{
    private const int Backlog = 1024;
    private const int FreePortTriesMax = 16;

    private const string InlineSetting = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Whether connections are served on the threads that wait for their bytes, see <see cref="ReceiveInline"/>.</summary>
    internal static bool ReceivesInline { get; } = Environment.GetEnvironmentVariable(InlineSetting) == "1";

    /// <summary>
    /// Serves connections on the threads that wait for their bytes, one for each processor, instead of waking a thread of the
    /// pool for each arrival: half the thread switches for each GB produced. It holds for all sockets of the process, so it is
    /// for a program whose own they are; called before the first socket is made. A setting of the environment stays.
    /// </summary>
    public static void ReceiveInline()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(InlineSetting) is null)
        {
            Environment.SetEnvironmentVariable(InlineSetting, "1");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ITransportListener>> ListenAsync(ListenerOptions options)
    {
        IReadOnlyList<IPAddress> addresses = await ResolveAsync(options.Host);
        for (int attempt = 1; ; attempt++)
        {
            List<ITransportListener> listeners = [];
            try
            {
                int port = options.Port;
                foreach (IPAddress address in addresses)
                {
                    SocketListener listener = Listen(address, port, options.SendBufferBytes ?? 0);
                    listeners.Add(listener);
                    port = ((IPEndPoint)listener.LocalEndPoint).Port;
                }

                return listeners;
            }
            catch (SocketException e)
            {
                listeners.ForEach(listener => listener.Dispose());

                // Port 0 took a port that is free on the first address only: take another.
                if (options.Port != 0 || attempt == FreePortTriesMax || e.SocketErrorCode != SocketError.AddressAlreadyInUse)
                {
                    throw new TransportException($"Cannot listen on {options.Host}:{options.Port}: {Reason(e)}.", e);
                }
            }
        }
    }

    private static async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host)
    {
        if (host is "" or "*")
        {
            return [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any];
        }

        if (string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            return HasIPv6Loopback() ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];
        }

        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            return [address];
        }

        try
        {
            return await Dns.GetHostAddressesAsync(host);
        }
        catch (SocketException e)
        {
            throw new TransportException($"Cannot listen on {host}: no address is known for this name.", e);
        }
    }

    // Containers often have the protocol but not the address.
    private static bool HasIPv6Loopback()
    {
        if (!Socket.OSSupportsIPv6)
        {
            return false;
        }

        try
        {
            using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static SocketListener Listen(IPAddress address, int port, int sendBufferBytes)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            // Connections inherit it.
            if (sendBufferBytes > 0)
            {
                socket.SendBufferSize = sendBufferBytes;
            }

            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return new SocketListener(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Reason(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "another program already listens there",
        SocketError.AccessDenied => "this user may not listen on that port",
        SocketError.AddressNotAvailable => "this machine does not have that address",
        _ => e.Message.TrimEnd('.'),
    };
}

using System.Net;

namespace Chronik.Broker.Network;

/// <summary>One client connection, as handlers see it.</summary>
internal sealed class ConnectionContext : IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private byte[] _clientIdBytes = [];
    private string _clientId = "";
    private long _lastActivity;

    /// <summary>Makes the context of a connection that was accepted.</summary>
    public ConnectionContext(long id, ListenerOptions listener, EndPoint local, EndPoint remote)
    {
        Id = id;
        Listener = listener;
        RemoteEndPoint = remote;
        ClientHost = remote is IPEndPoint ip ? "/" + Unmapped(ip.Address) : "/" + remote;
        AdvertisedEndpoint reached = Reached(local);
        Advertised = listener.Advertise is { } told ? told with { Port = told.Port == 0 ? reached.Port : told.Port } : reached;
    }

    /// <summary>Unique in this process.</summary>
    public long Id { get; }

    /// <summary>The listener that accepted it.</summary>
    public ListenerOptions Listener { get; }

    /// <summary>The client's end.</summary>
    public EndPoint RemoteEndPoint { get; }

    /// <summary>The client's address as Kafka writes it: <c>/127.0.0.1</c>.</summary>
    public string ClientHost { get; }

    /// <summary>Where this client is told the broker is: the listener's setting, else the address it connected to.</summary>
    public AdvertisedEndpoint Advertised { get; }

    /// <summary>ApiVersions v3+ names the client's library (KIP-511); "unknown" as in Kafka until then.</summary>
    public string ClientSoftwareName { get; set; } = "unknown";

    /// <summary>ApiVersions v3+ names the library's version; "unknown" until then.</summary>
    public string ClientSoftwareVersion { get; set; } = "unknown";

    /// <summary>Set when the connection ends.</summary>
    public CancellationToken Closed => _closed.Token;

    /// <summary>The clock's timestamp at which bytes moved last.</summary>
    public long LastActivity => Volatile.Read(ref _lastActivity);

    /// <summary>Bytes moved.</summary>
    public void Touch(long timestamp) => Volatile.Write(ref _lastActivity, timestamp);

    /// <summary>The text of a header's client.id, which is the same in nearly every request of a connection.</summary>
    public string ReadClientId(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.SequenceEqual(_clientIdBytes))
        {
            _clientIdBytes = utf8.ToArray();
            _clientId = System.Text.Encoding.UTF8.GetString(utf8);
        }

        return _clientId;
    }

    /// <summary>Marks the end; called once by the connection itself.</summary>
    public void OnClosed() => _closed.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _closed.Dispose();

    private static AdvertisedEndpoint Reached(EndPoint local) => local switch
    {
        IPEndPoint ip => new AdvertisedEndpoint(Unmapped(ip.Address).ToString(), ip.Port),
        DnsEndPoint name => new AdvertisedEndpoint(name.Host, name.Port),
        _ => new AdvertisedEndpoint(local.ToString() ?? "", 0),
    };

    // A dual-mode socket reports IPv4 peers as ::ffff:a.b.c.d.
    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}

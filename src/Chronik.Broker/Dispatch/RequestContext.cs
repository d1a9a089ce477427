using Chronik.Broker.Network;

namespace Chronik.Broker.Dispatch;

/// <summary>What a handler knows of a request besides its body: its header and the connection it came on.</summary>
internal sealed class RequestContext
{
    /// <summary>Makes the context of one request.</summary>
    public RequestContext(ConnectionContext connection, short apiVersion, int correlationId, string? clientId)
    {
        Connection = connection;
        ApiVersion = apiVersion;
        CorrelationId = correlationId;
        ClientId = clientId ?? "";
    }

    /// <summary>The connection that the request came on.</summary>
    public ConnectionContext Connection { get; }

    /// <summary>The version of request and response.</summary>
    public short ApiVersion { get; }

    /// <summary>The client's number for the request.</summary>
    public int CorrelationId { get; }

    /// <summary>client.id of the header; "" where the client sent none.</summary>
    public string ClientId { get; }

    /// <summary>The client's address as Kafka writes it in group descriptions: <c>/127.0.0.1</c>.</summary>
    public string ClientHost => Connection.ClientHost;

    /// <summary>The address that this client is told to reach the broker at.</summary>
    public AdvertisedEndpoint Advertised => Connection.Advertised;

    /// <summary>Why the handler wants the connection closed instead of an answer, or null.</summary>
    public string? CloseReason { get; private set; }

    /// <summary>Set when the connection ends: parked requests need not be answered any more.</summary>
    public CancellationToken ConnectionClosed => Connection.Closed;

    /// <summary>
    /// Ends the connection in place of this answer, with one log line; answers to earlier requests are still sent.
    /// Call it before the handler's task ends (acks=0 that failed).
    /// </summary>
    public void CloseConnection(string reason) => CloseReason = reason;
}

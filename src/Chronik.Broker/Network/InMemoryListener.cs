using System.Net;
using System.Threading.Channels;

namespace Chronik.Broker.Network;

/// <summary>A listener of an <see cref="InMemoryTransport"/>.</summary>
internal sealed class InMemoryListener(IPEndPoint local, Action onDispose) : ITransportListener
{
    private readonly Channel<InMemoryConnection> _offered = Channel.CreateUnbounded<InMemoryConnection>();

    /// <inheritdoc/>
    public EndPoint LocalEndPoint => local;

    /// <summary>A client connects.</summary>
    public void Offer(InMemoryConnection connection)
    {
        if (!_offered.Writer.TryWrite(connection))
        {
            throw new IOException("The listener is closed.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ITransportConnection?> AcceptAsync() =>
        await _offered.Reader.WaitToReadAsync() && _offered.Reader.TryRead(out InMemoryConnection? connection) ? connection : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _offered.Writer.TryComplete();
        onDispose();
    }
}

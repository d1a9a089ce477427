using System.Net;
using Chronik.Protocol;

namespace Chronik.Broker.Network;

/// <summary>A connected byte stream. One reader and one sender at a time; <see cref="Abort"/> from any thread.</summary>
/// <remarks>A stream that broke makes pending and later calls throw <see cref="IOException"/>.</remarks>
public interface ITransportConnection : IDisposable
{
    /// <summary>The address that the client connected to.</summary>
    EndPoint LocalEndPoint { get; }

    /// <summary>The client's address.</summary>
    EndPoint RemoteEndPoint { get; }

    /// <summary>
    /// True where the caller is on the thread that tells this and other connections that bytes arrived: what may block, or
    /// takes long, goes on in the pool.
    /// </summary>
    bool IsOnReceivingThread => false;

    /// <summary>Receives some bytes; 0 when the other side has ended its stream.</summary>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends all of <paramref name="data"/>.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="more">More follows at once: the network may wait for it before it sends a packet.</param>
    ValueTask SendAsync(ReadOnlyMemory<byte> data, bool more);

    /// <summary>Sends a region that lives outside of memory, without a copy where that is possible.</summary>
    ValueTask SendAsync(ExternalRecords region, bool more);

    /// <summary>Makes a pending and every later receive return 0; sending goes on.</summary>
    void StopReceiving();

    /// <summary>Breaks the stream at once.</summary>
    void Abort();
}

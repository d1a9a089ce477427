using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Chronik.Protocol;

namespace Chronik.Broker.Network;

/// <summary>One end of a connection of an <see cref="InMemoryTransport"/>.</summary>
internal sealed class InMemoryConnection(PipeReader incoming, PipeWriter outgoing, EndPoint local, EndPoint remote) : ITransportConnection
{
    private const int CopyBytesMax = 64 * 1024;

    private int _ended;
    private volatile bool _aborted;
    private volatile bool _stopped;

    /// <inheritdoc/>
    public EndPoint LocalEndPoint => local;

    /// <inheritdoc/>
    public EndPoint RemoteEndPoint => remote;

    /// <inheritdoc/>
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        if (_stopped)
        {
            return 0;
        }

        ThrowIfAborted();
        try
        {
            ReadResult result = await incoming.ReadAsync();
            ReadOnlySequence<byte> bytes = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, buffer.Length));
            bytes.CopyTo(buffer.Span);
            int length = (int)bytes.Length;
            incoming.AdvanceTo(bytes.End);
            ThrowIfAborted();
            return length;
        }
        catch (InvalidOperationException e)
        {
            throw new IOException("The connection is closed.", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> data, bool more)
    {
        ThrowIfAborted();
        try
        {
            FlushResult result = await outgoing.WriteAsync(data);
            if (result.IsCompleted || result.IsCanceled)
            {
                throw new IOException("The other side has closed the connection.");
            }
        }
        catch (InvalidOperationException e)
        {
            throw new IOException("The connection is closed.", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ExternalRecords region, bool more)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(Math.Min(region.Length, CopyBytesMax));
        try
        {
            for (int position = 0; position < region.Length;)
            {
                int length = Math.Min(region.Length - position, copy.Length);
                region.CopyTo(position, copy.AsSpan(0, length));
                await SendAsync(copy.AsMemory(0, length), more);
                position += length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    /// <summary>Ends this side's stream: the other side receives what was sent, then 0.</summary>
    public void FinishSending() => End(null);

    /// <inheritdoc/>
    public void StopReceiving()
    {
        _stopped = true;
        incoming.CancelPendingRead();
    }

    /// <inheritdoc/>
    public void Abort()
    {
        _aborted = true;
        incoming.CancelPendingRead();
        outgoing.CancelPendingFlush();
        End(new IOException("The connection was reset."));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End(null);
        incoming.Complete();
    }

    private void End(Exception? error)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            outgoing.Complete(error);
        }
    }

    private void ThrowIfAborted()
    {
        if (_aborted)
        {
            throw new IOException("The connection was aborted.");
        }
    }
}

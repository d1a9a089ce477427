using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Chronik.Protocol;

namespace Chronik.Broker.Network;

/// <summary>A TCP connection; regions of files go out by <c>sendfile</c> where the system has it.</summary>
internal sealed class SocketConnection : ITransportConnection
{
    private const int CopyBytesMax = 256 * 1024;

    // Enough to wait with for room in the socket's buffer; the rest goes out by sendfile again.
    private const int WaitBytesMax = 4096;

    private readonly Socket _socket;

    /// <summary>Takes over an accepted socket.</summary>
    public SocketConnection(Socket socket)
    {
        _socket = socket;
        LocalEndPoint = socket.LocalEndPoint!;
        RemoteEndPoint = socket.RemoteEndPoint!;

        // sendfile is called beside .NET's own calls and must never block a thread.
        _socket.Blocking = false;
    }

    /// <inheritdoc/>
    public EndPoint LocalEndPoint { get; }

    /// <inheritdoc/>
    public EndPoint RemoteEndPoint { get; }

    /// <inheritdoc/>
    public bool IsOnReceivingThread => SocketTransport.ReceivesInline && !Thread.CurrentThread.IsThreadPoolThread;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, SocketFlags.None);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> data, bool more)
    {
        try
        {
            int sent = more ? LinuxSocket.SendMore(_socket.SafeHandle, data.Span) : 0;
            while (sent < data.Length)
            {
                sent += await _socket.SendAsync(data[sent..], SocketFlags.None);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ExternalRecords region, bool more)
    {
        int position = 0;
        if (IsOnReceivingThread && !IsCached(region))
        {
            await Task.Yield();
        }

        while (position < region.Length)
        {
            position += SendFile(region, position);
            if (position < region.Length)
            {
                position += await SendCopyAsync(region, position, more);
            }
        }
    }

    /// <inheritdoc/>
    public void StopReceiving()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Receive);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone already: that ends receiving as well.
        }
    }

    /// <inheritdoc/>
    public void Abort()
    {
        try
        {
            _socket.Close(timeout: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    // The first and the last byte speak for those between: the system reads ahead in large steps.
    private static bool IsCached(ExternalRecords region) =>
        !region.TryGetFile(out Microsoft.Win32.SafeHandles.SafeFileHandle? file, out long offset)
        || (LinuxSocket.IsCached(file, offset) && LinuxSocket.IsCached(file, offset + region.Length - 1));

    private int SendFile(ExternalRecords region, int position)
    {
        try
        {
            return region.TryGetFile(out Microsoft.Win32.SafeHandles.SafeFileHandle? file, out long offset)
                ? LinuxSocket.SendFile(_socket.SafeHandle, file, offset + position, region.Length - position)
                : 0;
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    // Where the socket's buffer is full, or there is no sendfile: .NET's own send knows how to wait.
    private async ValueTask<int> SendCopyAsync(ExternalRecords region, int position, bool more)
    {
        bool hasSendFile = OperatingSystem.IsLinux() && region.TryGetFile(out _, out _);
        int length = Math.Min(region.Length - position, hasSendFile ? WaitBytesMax : CopyBytesMax);
        byte[] copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            region.CopyTo(position, copy.AsSpan(0, length));
            await SendAsync(copy.AsMemory(0, length), more: false);
            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }
}

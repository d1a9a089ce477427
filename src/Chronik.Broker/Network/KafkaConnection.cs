using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Chronik.Broker.Diagnostics;
using Chronik.Broker.Dispatch;
using Chronik.Protocol;
using Microsoft.Extensions.Logging;

namespace Chronik.Broker.Network;

/// <summary>
/// One client: reads frames, starts each request at once and reads on; <see cref="ResponseQueue"/> answers in order.
/// </summary>
/// <remarks>
/// An idle connection holds a buffer of 512 bytes. What arrives goes on into pooled memory that grows with the bytes that
/// really came: a declared length alone allocates nothing, unless this client has sent a frame of that size before.
/// </remarks>
internal sealed class KafkaConnection
{
    private const int IdleBytes = 512;
    private const int FirstBufferBytes = 4096;
    private const int TrustedBytesMax = 1024 * 1024;
    private const int SizeBytes = sizeof(int);

    private readonly ITransportConnection _transport;
    private readonly NetworkServices _services;
    private readonly ApiDispatcher _dispatcher;
    private readonly ResponseQueue _responses;
    private FrameBuffer? _buffer;
    private int _start;
    private int _end;
    private int _trustedBytes = FirstBufferBytes;

    /// <summary>Takes over a connection that was accepted.</summary>
    public KafkaConnection(ITransportConnection transport, ConnectionContext context, NetworkServices services)
    {
        _transport = transport;
        _services = services;
        _dispatcher = new ApiDispatcher(services.Apis);
        _responses = new ResponseQueue(transport, context, services);
        Context = context;
        Context.Touch(services.Time.GetTimestamp());
    }

    /// <summary>What handlers know of it.</summary>
    public ConnectionContext Context { get; }

    /// <summary>Serves the client until it goes, breaks the protocol, or <see cref="Stop"/>.</summary>
    public async Task RunAsync()
    {
        bool drained = false;
        try
        {
            await ReadUntilEndAsync();
            Context.OnClosed();
            drained = await DrainAsync();
        }
        catch (IOException e)
        {
            _services.Logger.ConnectionBroke(Context.Id, Context.RemoteEndPoint, e.Message);
        }
        finally
        {
            Context.OnClosed();
            if (!drained)
            {
                _transport.Abort();
            }

            _responses.Break();
            _buffer?.Release();
            _transport.Dispose();
        }
    }

    /// <summary>Reads no further; what is under way is answered, then the connection ends.</summary>
    public void Stop() => _transport.StopReceiving();

    /// <summary>Breaks the connection.</summary>
    public void Abort() => _transport.Abort();

    private async Task ReadUntilEndAsync()
    {
        try
        {
            await ReadFramesAsync();
        }
        catch (ProtocolException e)
        {
            _responses.SendReady();
            _services.Logger.ConnectionClosed(Context.RemoteEndPoint, e.Message);
        }
    }

    private async Task ReadFramesAsync()
    {
        byte[] idle = GC.AllocateUninitializedArray<byte>(IdleBytes, pinned: true);
        while (true)
        {
            int received = _buffer is null
                ? await ReceiveFirstAsync(idle)
                : await _transport.ReceiveAsync(_buffer.Memory[_end..]);
            if (received == 0)
            {
                return;
            }

            _end += received;
            Context.Touch(_services.Time.GetTimestamp());
            while (TryTakeFrame(out ReadOnlyMemory<byte> frame))
            {
                if (_responses.IsFull)
                {
                    _responses.SendReady();
                    await _responses.WaitForRoomAsync();
                }

                if (_responses.IsBroken)
                {
                    return;
                }

                if (_transport.IsOnReceivingThread && !ApiDispatcher.IsQuick(frame.Span))
                {
                    await Task.Yield();
                }

                _dispatcher.Start(frame, _buffer!, Context, _responses);
            }

            _responses.SendReady();
            if (_end - _start >= SizeBytes && ReadSize() is var size && !IsValid(size))
            {
                await RefuseAsync(size);
                return;
            }

            await MakeRoomAsync();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveFirstAsync(byte[] idle)
    {
        int received = await _transport.ReceiveAsync(idle);
        if (received > 0)
        {
            _buffer = FrameBuffer.Rent(_services.Memory, received);
            _start = 0;
            _end = 0;
            idle.AsSpan(0, received).CopyTo(_buffer.Memory.Span);
        }

        return received;
    }

    private int ReadSize() => BinaryPrimitives.ReadInt32BigEndian(_buffer!.Memory.Span[_start..]);

    private bool IsValid(int size) => size >= 0 && size <= _services.Options.SocketRequestBytesMax;

    private bool TryTakeFrame(out ReadOnlyMemory<byte> frame)
    {
        frame = default;
        if (_end - _start < SizeBytes)
        {
            return false;
        }

        int size = ReadSize();
        if (!IsValid(size) || _end - _start - SizeBytes < size)
        {
            return false;
        }

        frame = _buffer!.Memory.Slice(_start + SizeBytes, size);
        _start += SizeBytes + size;
        _trustedBytes = Math.Max(_trustedBytes, Math.Min(size + SizeBytes, TrustedBytesMax));
        return true;
    }

    // The next receive goes to the idle buffer, or behind a part of a frame that is in pooled memory.
    private async ValueTask MakeRoomAsync()
    {
        int have = _end - _start;
        if (have == 0)
        {
            _buffer!.Release();
            _buffer = null;
            return;
        }

        int need = have < SizeBytes ? SizeBytes : SizeBytes + ReadSize();
        bool fits = need <= _buffer!.Capacity - _start;
        bool stillGrowing = _start == 0 && _end < _buffer.Capacity;
        if (fits || stillGrowing)
        {
            return;
        }

        int capacity = Math.Max(FirstBufferBytes, Math.Min(need, Math.Max(_trustedBytes, 2 * have)));
        if (capacity > FirstBufferBytes)
        {
            await _services.Memory.WaitForRoomAsync();
        }

        FrameBuffer larger = FrameBuffer.Rent(_services.Memory, capacity);
        _buffer.Memory.Span[_start.._end].CopyTo(larger.Memory.Span);
        _buffer.Release();
        (_buffer, _start, _end) = (larger, 0, have);
    }

    private async ValueTask RefuseAsync(int size)
    {
        if (ForeignProtocol.IsHttp(size))
        {
            _services.Logger.ConnectionClosed(Context.RemoteEndPoint, "it spoke HTTP");
            if (await DrainAsync())
            {
                await _transport.SendAsync(ForeignProtocol.HttpAnswer, more: false);
            }
        }
        else
        {
            _services.Logger.ConnectionClosed(Context.RemoteEndPoint, ForeignProtocol.IsTlsHandshake(size)
                ? "it spoke TLS, this listener is plain"
                : $"a frame declared {size} bytes, socket.request.max.bytes is {_services.Options.SocketRequestBytesMax}");
        }
    }

    private async Task<bool> DrainAsync()
    {
        try
        {
            await _responses.WhenDrainedAsync().WaitAsync(TimeSpan.FromMilliseconds(_services.Options.ShutdownGraceMs), _services.Time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}

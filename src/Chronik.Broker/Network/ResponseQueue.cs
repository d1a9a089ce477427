using Chronik.Broker.Diagnostics;
using Chronik.Broker.Dispatch;
using Chronik.Protocol;
using Microsoft.Extensions.Logging;

namespace Chronik.Broker.Network;

/// <summary>
/// The requests of one connection that are under way, in their order. Answers leave strictly in that order; those that are
/// ready together leave in one send. Whoever completes the first in line sends, one at a time.
/// </summary>
internal sealed class ResponseQueue(ITransportConnection transport, ConnectionContext context, NetworkServices services)
{
    /// <summary>Requests under way for one connection; a client that pipelines more waits.</summary>
    private const int RequestsMax = 128;

    /// <summary>Answers are gathered up to so many bytes before they are sent.</summary>
    private const int GatheredBytesMax = 64 * 1024;

    /// <summary>EIO, as the disk says it and .NET hands it on.</summary>
    private const int InputOutputError = 5;

    private readonly Lock _lock = new();
    private RequestUnderWay? _first;
    private RequestUnderWay? _last;
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _drained;
    private long _bytes;
    private int _count;
    private bool _sending;
    private volatile bool _broken;

    /// <summary>True where one more request would pass a bound. A single request may be as large as a frame may.</summary>
    public bool IsFull => _count >= RequestsMax || (_count > 0 && _bytes >= services.Options.ConnectionUnderWayBytesMax);

    /// <summary>True when no answer will be sent any more.</summary>
    public bool IsBroken => _broken;

    /// <summary>Puts a request that was just read last in line.</summary>
    public void Add(RequestUnderWay request)
    {
        services.Memory.OnRequestStarted();
        lock (_lock)
        {
            _count++;
            _bytes += request.Bytes;
            if (_last is null)
            {
                _first = request;
            }
            else
            {
                _last.Next = request;
            }

            _last = request;
        }
    }

    /// <summary>Waits until another request may be read.</summary>
    public ValueTask WaitForRoomAsync()
    {
        lock (_lock)
        {
            if (!IsFull || _broken)
            {
                return ValueTask.CompletedTask;
            }

            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task);
        }
    }

    /// <summary>Completes when every request under way is answered, or none will be any more.</summary>
    /// <remarks>Its task ends on the scheduler: a limit of time on the bare source's would end in the thread pool.</remarks>
    public async Task WhenDrainedAsync()
    {
        Task drained;
        lock (_lock)
        {
            if (_count == 0 || _broken)
            {
                return;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            drained = _drained.Task;
        }

        await drained;
    }

    /// <summary>From now on answers are thrown away.</summary>
    public void Break()
    {
        EndConnection();
        SendReady();
    }

    /// <summary>Sends what is ready, unless somebody is at it already.</summary>
    public void SendReady()
    {
        lock (_lock)
        {
            if (_sending || _first is not { IsDone: true })
            {
                return;
            }

            _sending = true;
        }

        _ = SendAllAsync();
    }

    private async Task SendAllAsync()
    {
        using var writer = new KafkaWriter();
        while (Gather(writer) is var (gathered, count))
        {
            try
            {
                if (!_broken)
                {
                    await SendAsync(writer);
                    context.Touch(services.Time.GetTimestamp());
                }
            }
            catch (Exception e)
            {
                services.Logger.ConnectionBroke(context.Id, context.RemoteEndPoint, e.Message);
                EndConnection();
            }
            finally
            {
                foreach (ExternalRegion region in writer.ExternalRegions)
                {
                    region.Records.Dispose();
                }

                writer.Reset();
                Forget(gathered, count);
            }
        }
    }

    // Writes answers that are ready into one buffer. Null when there is nothing to do: then nobody is sending any more.
    private (RequestUnderWay First, int Count)? Gather(KafkaWriter writer)
    {
        RequestUnderWay? first;
        lock (_lock)
        {
            first = _first is { IsDone: true } ? _first : null;
            if (first is null)
            {
                _sending = false;
                return null;
            }
        }

        int count = 0;
        for (RequestUnderWay? request = first; request is { IsDone: true } && writer.Length < GatheredBytesMax; request = request.Next)
        {
            if (request.Failure is null && request.Context.CloseReason is null)
            {
                Encode(request, writer);
            }

            if (request.Failure is not null || request.Context.CloseReason is not null)
            {
                // An answer that closes the connection waits until those before it are sent.
                if (count > 0)
                {
                    break;
                }

                Close(request);
            }

            count++;
        }

        return (first, count);
    }

    // What cannot be encoded leaves nothing behind: no half frame, and no region of a file that stays open.
    private static void Encode(RequestUnderWay request, KafkaWriter writer)
    {
        try
        {
            if (request.Response is not null)
            {
                ResponseFrame.Write(request, writer);
            }
        }
        catch (Exception e)
        {
            writer.CancelFrame();
            ResponseRecords.Release(request.Response);
            request.FailInline(e);
        }
    }

    private void Close(RequestUnderWay request)
    {
        if (request.Failure is null)
        {
            ResponseRecords.Release(request.Response);
            services.Logger.ConnectionClosed(context.RemoteEndPoint, request.Context.CloseReason!);
        }
        else if (!(_broken && request.Failure is OperationCanceledException))
        {
            services.Logger.RequestFailed(request.Failure, request.Api.Description.Key, request.Context.ApiVersion, context.RemoteEndPoint);
        }

        EndConnection();
    }

    private async ValueTask SendAsync(KafkaWriter writer)
    {
        ReadOnlyMemory<byte> bytes = writer.WrittenMemory;
        int sent = 0;
        for (int i = 0; i < writer.ExternalRegions.Count; i++)
        {
            ExternalRegion region = writer.ExternalRegions[i];
            if (region.Position > sent)
            {
                await transport.SendAsync(bytes[sent..region.Position], more: true);
                sent = region.Position;
            }

            try
            {
                await transport.SendAsync(region.Records, more: sent < bytes.Length);
            }
            catch (IOException e) when (e.HResult == InputOutputError)
            {
                // No socket fails like that, so it was the disk, and that must not pass for a client that went away.
                services.Logger.RecordsUnreadable(region.Records, e.Message, context.RemoteEndPoint);
                throw;
            }
        }

        if (sent < bytes.Length)
        {
            await transport.SendAsync(bytes[sent..], more: false);
        }
    }

    // Answers that were sent before still reach the client: the stream ends, it is not reset.
    private void EndConnection()
    {
        TaskCompletionSource? drained;
        TaskCompletionSource? room;
        lock (_lock)
        {
            _broken = true;
            (drained, _drained) = (_drained, null);
            (room, _room) = (_room, null);
        }

        transport.StopReceiving();
        drained?.TrySetResult();
        room?.TrySetResult();
    }

    private void Forget(RequestUnderWay first, int count)
    {
        RequestUnderWay request = first;
        for (int i = 0; i < count; i++)
        {
            RequestUnderWay? next;
            TaskCompletionSource? room = null;
            TaskCompletionSource? drained = null;
            lock (_lock)
            {
                next = request.Next;
                _first = next;
                _last = next is null ? null : _last;
                _count--;
                _bytes -= request.Bytes;
                if (!IsFull)
                {
                    (room, _room) = (_room, null);
                }

                if (_count == 0)
                {
                    (drained, _drained) = (_drained, null);
                }
            }

            request.Frame.Release();
            services.Memory.OnRequestEnded();
            room?.TrySetResult();
            drained?.TrySetResult();
            request = next!;
        }
    }
}

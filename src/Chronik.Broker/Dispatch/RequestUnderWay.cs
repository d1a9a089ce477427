using Chronik.Broker.Network;

namespace Chronik.Broker.Dispatch;

/// <summary>A request that was read and not answered yet; its place in the connection's order of answers.</summary>
internal sealed class RequestUnderWay(ResponseQueue queue, ApiEntry api, RequestContext context, FrameBuffer frame, int bytes)
{
    private volatile bool _isDone;

    /// <summary>The API asked for.</summary>
    public ApiEntry Api { get; } = api;

    /// <summary>What the handler got.</summary>
    public RequestContext Context { get; } = context;

    /// <summary>The bytes that the request's slices lie in; held until the answer is written, which may echo them.</summary>
    public FrameBuffer Frame { get; } = frame;

    /// <summary>The frame's size, which counts against the connection's bound.</summary>
    public int Bytes { get; } = bytes;

    /// <summary>The next request of the connection.</summary>
    public RequestUnderWay? Next { get; set; }

    /// <summary>The answer; null where there is none (acks=0).</summary>
    public object? Response { get; private set; }

    /// <summary>What the handler threw.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>True when the handler is through.</summary>
    public bool IsDone => _isDone;

    /// <summary>The handler was through when it returned; the read loop sends once for all that it started in a row.</summary>
    public void CompleteInline(object? response)
    {
        Response = response;
        _isDone = true;
    }

    /// <summary>The handler threw before it returned.</summary>
    public void FailInline(Exception failure)
    {
        Failure = failure;
        _isDone = true;
    }

    /// <summary>The handler is through, later than it returned.</summary>
    public void Complete(object? response)
    {
        CompleteInline(response);
        queue.SendReady();
    }

    /// <summary>The handler threw, later than it returned.</summary>
    public void Fail(Exception failure)
    {
        FailInline(failure);
        queue.SendReady();
    }
}

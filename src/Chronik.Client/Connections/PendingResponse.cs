namespace Chronik.Client.Connections;

/// <summary>A request that was sent and waits for its frame.</summary>
internal sealed class PendingResponse : TaskCompletionSource<byte[]>
{
    public PendingResponse()
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
    }
}

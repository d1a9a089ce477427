namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>A request that is to be answered, on its connection, before a deadline of the broker's clock.</summary>
internal sealed class WireCall(string what, int correlationId, TimeSpan deadline)
{
    private readonly TaskCompletionSource<byte[]?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string What => what;

    public int CorrelationId => correlationId;

    public TimeSpan Deadline => deadline;

    /// <summary>It was answered, or never will be: the connection is gone.</summary>
    public bool IsOver => _answer.Task.IsCompleted;

    /// <summary>The answer's frame; null where it was lost.</summary>
    public Task<byte[]?> Answer => _answer.Task;

    public void Complete(byte[]? frame) => _answer.TrySetResult(frame);
}

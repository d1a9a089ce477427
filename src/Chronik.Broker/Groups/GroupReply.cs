using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Answers;

namespace Chronik.Broker.Groups;

/// <summary>A request's answer, once there is one.</summary>
internal sealed class GroupReply(RequestId id)
{
    private readonly TaskCompletionSource<GroupAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The request.</summary>
    public RequestId Id { get; } = id;

    /// <summary>Ends with the answer; it never fails.</summary>
    public Task<GroupAnswer> Answer => _answer.Task;

    /// <summary>Answers; only the first answer counts.</summary>
    public void Complete(GroupAnswer answer) => _answer.TrySetResult(answer);
}

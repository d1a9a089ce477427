using Chronik.Broker.Dispatch;
using Chronik.Broker.Groups;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Groups;

/// <summary>Heartbeat (12), versions 0-4: a member lives, and learns of rebalances. 3: static members (KIP-345).</summary>
internal sealed class HeartbeatHandler(GroupCoordinator groups) : IRequestHandler<HeartbeatRequest, HeartbeatResponse>
{
    /// <inheritdoc/>
    public async ValueTask<HeartbeatResponse?> HandleAsync(RequestContext context, HeartbeatRequest request)
    {
        if (!GroupIds.IsValid(request.GroupId))
            return new HeartbeatResponse { ErrorCode = ErrorCode.InvalidGroupId };
        var answer = await groups.AskAsync<HeartbeatAnswer>(
            request.GroupId, id => new HeartbeatCommand(id, request.MemberId, request.GroupInstanceId, request.GenerationId));
        // Loading takes no member away: a client that heartbeats meanwhile need not know of it.
        return new HeartbeatResponse { ErrorCode = answer.Error == ErrorCode.CoordinatorLoadInProgress ? ErrorCode.None : answer.Error };
    }
}

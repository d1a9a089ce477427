using Chronik.Broker.Dispatch;
using Chronik.Broker.Groups;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Groups;

/// <summary>
/// LeaveGroup (13), versions 0-5. 0-2: one member, whose error is that of the response; 3: many, by member id or by
/// instance id, each with its own error (KIP-345); 5: a reason (KIP-800).
/// </summary>
internal sealed class LeaveGroupHandler(GroupCoordinator groups) : IRequestHandler<LeaveGroupRequest, LeaveGroupResponse>
{
    private const short FirstVersionWithMembers = 3;

    /// <inheritdoc/>
    public async ValueTask<LeaveGroupResponse?> HandleAsync(RequestContext context, LeaveGroupRequest request)
    {
        if (!GroupIds.IsValid(request.GroupId))
            return new LeaveGroupResponse { ErrorCode = ErrorCode.InvalidGroupId };
        var isBatch = context.ApiVersion >= FirstVersionWithMembers;
        var answer = await groups.AskAsync<LeaveAnswer>(request.GroupId, id => new LeaveCommand(
            id,
            isBatch
                ? [.. request.Members.Select(member => new LeavingMember(member.MemberId, member.GroupInstanceId, member.Reason))]
                : [new LeavingMember(request.MemberId, null)]));
        if (!isBatch)
            return new LeaveGroupResponse { ErrorCode = answer.Error == ErrorCode.None ? answer.Members[0].Error : answer.Error };
        return new LeaveGroupResponse
        {
            ErrorCode = answer.Error,
            Members = [.. answer.Members.Select(member => new LeaveGroupResponse.MemberResponse
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.InstanceId,
                ErrorCode = member.Error,
            })],
        };
    }
}

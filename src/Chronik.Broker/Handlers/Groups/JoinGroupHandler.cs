using Chronik.Broker.Dispatch;
using Chronik.Broker.Groups;
using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Groups;

/// <summary>
/// JoinGroup (11), versions 0-9. 1: a rebalance timeout of its own; 4: the member id must be known (KIP-394); 5: static
/// members (KIP-345); 7: protocol type and a null protocol name with errors; 8: a reason (KIP-800); 9: a leader that must
/// not assign (KIP-814).
/// </summary>
internal sealed class JoinGroupHandler(GroupCoordinator groups) : IRequestHandler<JoinGroupRequest, JoinGroupResponse>
{
    private const short FirstVersionWithRebalanceTimeout = 1;
    private const short FirstVersionWithKnownMemberId = 4;
    private const short FirstVersionWithNullProtocol = 7;
    private const short FirstVersionWithSkipAssignment = 9;

    /// <inheritdoc/>
    public async ValueTask<JoinGroupResponse?> HandleAsync(RequestContext context, JoinGroupRequest request)
    {
        if (!GroupIds.IsValid(request.GroupId))
            return ResponseOf(context, new JoinAnswer(default, ErrorCode.InvalidGroupId, request.MemberId));
        var answer = await groups.AskAsync<JoinAnswer>(request.GroupId, id => CommandOf(context, request, id), context.ConnectionClosed);
        return ResponseOf(context, answer);
    }

    // What the group keeps outlives the request: its bytes are copied.
    private JoinCommand CommandOf(RequestContext context, JoinGroupRequest request, RequestId id) => new(id)
    {
        MemberId = request.MemberId,
        InstanceId = request.GroupInstanceId,
        NewMemberId = request.MemberId.Length > 0 ? "" : groups.NewMemberId(request.GroupInstanceId ?? context.ClientId),
        Client = GroupIds.Client(context),
        SessionTimeout = TimeSpan.FromMilliseconds(request.SessionTimeoutMs),
        RebalanceTimeout = TimeSpan.FromMilliseconds(Math.Max(
            0, context.ApiVersion >= FirstVersionWithRebalanceTimeout ? request.RebalanceTimeoutMs : request.SessionTimeoutMs)),
        ProtocolType = request.ProtocolType,
        Protocols = [.. request.Protocols.Select(protocol => new GroupProtocol(protocol.Name, protocol.Metadata.ToArray()))],
        MustKnowMemberId = context.ApiVersion >= FirstVersionWithKnownMemberId,
        MaySkipAssignment = context.ApiVersion >= FirstVersionWithSkipAssignment,
        Reason = request.Reason,
    };

    private static JoinGroupResponse ResponseOf(RequestContext context, JoinAnswer answer) => new()
    {
        ErrorCode = answer.Error,
        GenerationId = answer.Generation,
        ProtocolType = answer.ProtocolType,
        ProtocolName = answer.ProtocolName ?? (context.ApiVersion >= FirstVersionWithNullProtocol ? null : ""),
        Leader = answer.Leader,
        SkipAssignment = answer.SkipAssignment,
        MemberId = answer.MemberId,
        Members = [.. answer.Members.Select(member => new JoinGroupResponse.JoinGroupResponseMember
        {
            MemberId = member.MemberId,
            GroupInstanceId = member.InstanceId,
            Metadata = member.Metadata,
        })],
    };
}

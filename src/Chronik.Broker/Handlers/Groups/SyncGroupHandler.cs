using Chronik.Broker.Dispatch;
using Chronik.Broker.Groups;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Groups;

/// <summary>
/// SyncGroup (14), versions 0-5: the leader hands the assignment in, everyone gets a part. 3: static members (KIP-345);
/// 5: protocol type and name.
/// </summary>
internal sealed class SyncGroupHandler(GroupCoordinator groups) : IRequestHandler<SyncGroupRequest, SyncGroupResponse>
{
    private const short FirstVersionWithProtocol = 5;

    /// <inheritdoc/>
    public async ValueTask<SyncGroupResponse?> HandleAsync(RequestContext context, SyncGroupRequest request)
    {
        var error = ErrorCode.None;
        if (!GroupIds.IsValid(request.GroupId))
            error = ErrorCode.InvalidGroupId;
        else if (context.ApiVersion >= FirstVersionWithProtocol && (request.ProtocolType is null || request.ProtocolName is null))
            error = ErrorCode.InconsistentGroupProtocol;
        if (error != ErrorCode.None)
            return new SyncGroupResponse { ErrorCode = error };

        var answer = await groups.AskAsync<SyncAnswer>(
            request.GroupId,
            id => new SyncCommand(id)
            {
                MemberId = request.MemberId,
                InstanceId = request.GroupInstanceId,
                Generation = request.GenerationId,
                ProtocolType = request.ProtocolType,
                ProtocolName = request.ProtocolName,
                Assignments = [.. request.Assignments.Select(each => KeyValuePair.Create<string, ReadOnlyMemory<byte>>(each.MemberId, each.Assignment.ToArray()))],
            },
            context.ConnectionClosed);
        return new SyncGroupResponse
        {
            ErrorCode = answer.Error,
            ProtocolType = answer.ProtocolType,
            ProtocolName = answer.ProtocolName,
            Assignment = answer.Assignment,
        };
    }
}

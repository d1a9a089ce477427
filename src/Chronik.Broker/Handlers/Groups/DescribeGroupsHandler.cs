using Chronik.Broker.Dispatch;
using Chronik.Broker.Groups;
using Chronik.Broker.Groups.Why;
using Chronik.Coordination.Classic;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Groups;

/// <summary>
/// DescribeGroups (15), versions 0-6. 3: authorized operations (KIP-430); 4: static members (KIP-345); 6: a group that is not
/// known is an error (KIP-1043), before it was Dead. From 5 on a tagged field asks for <see cref="GroupWhyReport"/>.
/// </summary>
internal sealed class DescribeGroupsHandler(GroupCoordinator groups) : IRequestHandler<DescribeGroupsRequest, DescribeGroupsResponse>
{
    private const short FirstVersionWithNotFound = 6;

    // Read, delete, describe, describe and alter configs (KIP-430): all of them, where there is no authorizer.
    private const int AllOperations = (1 << 3) | (1 << 6) | (1 << 8) | (1 << 10) | (1 << 11);

    /// <inheritdoc/>
    public async ValueTask<DescribeGroupsResponse?> HandleAsync(RequestContext context, DescribeGroupsRequest request)
    {
        var response = new DescribeGroupsResponse();
        foreach (var groupId in request.Groups)
        {
            if (!groups.IsLoaded)
            {
                response.Groups.Add(new() { GroupId = groupId, ErrorCode = ErrorCode.CoordinatorLoadInProgress });
                continue;
            }

            var group = await groups.DescribeAsync(groupId);
            var described = group is null ? NotFound(groupId, context.ApiVersion) : Describe(group);
            if (request.IncludeAuthorizedOperations && described.ErrorCode == ErrorCode.None)
                described.AuthorizedOperations = AllOperations;
            if (GroupWhyField.IsAsked(request) && await groups.ExplainAsync(groupId) is { } explanation)
                GroupWhyField.Answer(described, GroupWhyReport.Of(explanation));
            response.Groups.Add(described);
        }

        return response;
    }

    private static DescribeGroupsResponse.DescribedGroup NotFound(string groupId, short version) => new()
    {
        GroupId = groupId,
        GroupState = nameof(ClassicGroupPhase.Dead),
        ErrorCode = version >= FirstVersionWithNotFound ? ErrorCode.GroupIdNotFound : ErrorCode.None,
        ErrorMessage = version >= FirstVersionWithNotFound ? $"Group {groupId} not found." : null,
    };

    private static DescribeGroupsResponse.DescribedGroup Describe(ClassicGroup group)
    {
        // What members said holds for the generation: between two there is nothing to show.
        var isStable = group.Phase == ClassicGroupPhase.Stable;
        return new DescribeGroupsResponse.DescribedGroup
        {
            GroupId = group.GroupId,
            GroupState = group.Phase.ToString(),
            ProtocolType = group.ProtocolType ?? "",
            ProtocolData = isStable ? group.ProtocolName! : "",
            Members = [.. group.Members.All.Select(member => new DescribeGroupsResponse.DescribedGroupMember
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.InstanceId,
                ClientId = member.Client.ClientId,
                ClientHost = member.Client.Host,
                MemberMetadata = isStable ? member.MetadataFor(group.ProtocolName) : default,
                MemberAssignment = member.Assignment,
            })],
        };
    }
}

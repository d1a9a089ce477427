using Chronik.Broker.Dispatch;
using Chronik.Broker.Groups;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Groups;

/// <summary>DeleteGroups (42), versions 0-3: groups without members, with their offsets (KIP-229). 3: error messages.</summary>
internal sealed class DeleteGroupsHandler(GroupCoordinator groups) : IRequestHandler<DeleteGroupsRequest, DeleteGroupsResponse>
{
    private const short FirstVersionWithMessages = 3;

    /// <inheritdoc/>
    public async ValueTask<DeleteGroupsResponse?> HandleAsync(RequestContext context, DeleteGroupsRequest request)
    {
        var ids = request.GroupsNames.Distinct(StringComparer.Ordinal).ToList();
        var errors = await Task.WhenAll(ids.Select(groups.DeleteGroupAsync));
        return new DeleteGroupsResponse
        {
            Results = [.. ids.Zip(errors, (id, error) => new DeleteGroupsResponse.DeletableGroupResult
            {
                GroupId = id,
                ErrorCode = error,
                ErrorMessage = context.ApiVersion >= FirstVersionWithMessages ? MessageOf(id, error) : null,
            })],
        };
    }

    private static string? MessageOf(string groupId, ErrorCode error) => error switch
    {
        ErrorCode.GroupIdNotFound => $"Group {groupId} not found.",
        ErrorCode.NonEmptyGroup => $"Group {groupId} is not empty.",
        _ => null,
    };
}

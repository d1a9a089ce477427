using Chronik.Broker.Dispatch;
using Chronik.Broker.Groups;
using Chronik.Coordination.Classic;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Groups;

/// <summary>ListGroups (16), versions 0-5. 4: filter by state (KIP-518); 5: filter by type (KIP-848).</summary>
internal sealed class ListGroupsHandler(GroupCoordinator groups) : IRequestHandler<ListGroupsRequest, ListGroupsResponse>
{
    private const string ClassicType = "classic";

    /// <inheritdoc/>
    public async ValueTask<ListGroupsResponse?> HandleAsync(RequestContext context, ListGroupsRequest request)
    {
        if (!groups.IsLoaded)
            return new ListGroupsResponse { ErrorCode = ErrorCode.CoordinatorLoadInProgress };
        if (!Passes(request.TypesFilter, ClassicType))
            return new ListGroupsResponse();
        var listed = (await groups.ListAsync()).Where(group => Passes(request.StatesFilter, group.Phase.ToString()));
        return new ListGroupsResponse
        {
            Groups = [.. listed.Select(group => new ListGroupsResponse.ListedGroup
            {
                GroupId = group.GroupId,
                ProtocolType = group.ProtocolType ?? "",
                GroupState = group.Phase.ToString(),
                GroupType = ClassicType,
            })],
        };
    }

    private static bool Passes(List<string> filter, string value) =>
        filter.Count == 0 || filter.Contains(value, StringComparer.OrdinalIgnoreCase);
}

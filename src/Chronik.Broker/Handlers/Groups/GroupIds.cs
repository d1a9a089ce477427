using Chronik.Broker.Dispatch;
using Chronik.Coordination.Classic;

namespace Chronik.Broker.Handlers.Groups;

/// <summary>What all group handlers do alike.</summary>
internal static class GroupIds
{
    /// <summary>A group that members join has a name; only offsets may be kept under "".</summary>
    public static bool IsValid(string? groupId) => !string.IsNullOrEmpty(groupId);

    /// <summary>The process behind a request.</summary>
    public static ClientIdentity Client(RequestContext context) => new(
        context.ClientId,
        context.ClientHost,
        context.Connection.ClientSoftwareName,
        context.Connection.ClientSoftwareVersion);
}

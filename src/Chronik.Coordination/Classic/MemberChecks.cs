using Chronik.Protocol;

namespace Chronik.Coordination.Classic;

/// <summary>Is the one who calls who it says it is?</summary>
internal static class MemberChecks
{
    /// <summary>
    /// A static member that was replaced calls with its old member id: it is fenced, so that of two processes with one
    /// instance id the older stops (KIP-345).
    /// </summary>
    public static ErrorCode Check(MemberTable members, string memberId, string? instanceId)
    {
        if (instanceId is not null)
        {
            var current = members.IdOfInstance(instanceId);
            if (current is null)
                return ErrorCode.UnknownMemberId;
            if (current != memberId)
                return ErrorCode.FencedInstanceId;
        }

        return members.Contains(memberId) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }
}

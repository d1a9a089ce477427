using Chronik.Broker.Diagnostics;
using Chronik.Coordination.Classic;
using Microsoft.Extensions.Logging;

namespace Chronik.Broker.Groups;

/// <summary>Tells an operator what happens to groups.</summary>
internal static class GroupNoticeLog
{
    private static readonly ClientIdentity Nobody = new("-", "-", "-", "-");

    public static void Write(ILogger logger, GroupNotice notice)
    {
        // The journal says it, with the reason.
        if (notice.Kind == GroupNoticeKind.WriteFailed)
            return;
        var client = notice.Client ?? Nobody;
        var (what, isTrouble) = Describe(notice.Kind);
        if (isTrouble)
            logger.GroupTroubled(notice.GroupId, notice.Generation, what, notice.Detail, notice.MemberId ?? "-", client.ClientId, client.Host, client.SoftwareName, client.SoftwareVersion);
        else
            logger.GroupChanged(notice.GroupId, notice.Generation, what, notice.Detail, notice.MemberId ?? "-", client.ClientId, client.Host, client.SoftwareName, client.SoftwareVersion);
    }

    private static (string What, bool IsTrouble) Describe(GroupNoticeKind kind) => kind switch
    {
        GroupNoticeKind.RebalanceStarted => ("rebalance", false),
        GroupNoticeKind.GenerationStable => ("stable", false),
        GroupNoticeKind.GroupEmptied => ("empty", false),
        GroupNoticeKind.StaticMemberReplaced => ("static member replaced", false),
        GroupNoticeKind.LeaderRescued => ("silent leader rescued", true),
        GroupNoticeKind.LeaderSilent => ("silent leader", true),
        GroupNoticeKind.AssignmentRefused => ("assignment refused", false),
        GroupNoticeKind.LeaderEvicted => ("silent leader removed", true),
        GroupNoticeKind.SessionExpired => ("session expired", true),
        GroupNoticeKind.JoinMissed => ("rejoin missed", true),
        GroupNoticeKind.SyncMissed => ("sync missed", true),
        _ => (kind.ToString(), false),
    };
}

using Chronik.Coordination.Assignors;
using Chronik.Coordination.Classic.History;
using Chronik.Coordination.Classic.Subscriptions;

namespace Chronik.Coordination.Classic;

/// <summary>
/// A look at what the leader assigns before it is stored. A leader that does not know a topic yet gives it to nobody, and may
/// notice only when its metadata expire, minutes later, or never. After a moment in which it can learn of the topic it is asked
/// again, by a rebalance, which every client knows how to answer. One that goes on forgetting is stood in for.
/// </summary>
internal static class AssignmentReview
{
    /// <summary>So often a leader is asked again before the server stands in for it.</summary>
    public const int AsksMax = 5;

    /// <summary>What a client waits between two requests for metadata (retry.backoff.ms): it asked for them when it assigned.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>Stores the leader's assignment, or has the leader make another.</summary>
    public static void Take(GroupWork work, PendingAssignment pending)
    {
        var forgotten = work.Settings.Rescue > TimeSpan.Zero ? ForgottenTopics.In(work.Group, pending.ByMember, work.PartitionCount) : [];
        if (forgotten.Count == 0)
            SyncPhase.Store(work, pending);
        else if (work.Group.AssignmentsRefused < AsksMax)
            Hold(work, forgotten);
        else
            StandIn(work, forgotten, pending);
    }

    /// <summary>The leader has had its moment: all rejoin, and it assigns anew.</summary>
    public static void Refuse(GroupWork work)
    {
        var leader = work.Group.LeaderMember;
        var detail = work.Group.Sync!.Refusal!.Reason;
        work.Group = work.Group with { AssignmentsRefused = work.Group.AssignmentsRefused + 1 };
        work.Notice(GroupNoticeKind.AssignmentRefused, detail, leader);
        JoinPhase.Prepare(work, RebalanceCause.AssignmentRefused, leader, detail);
    }

    private static void Hold(GroupWork work, IReadOnlyList<string> forgotten) => work.Group = work.Group with
    {
        Sync = work.Group.Sync! with
        {
            Refusal = new Refusal(work.Now.Uptime + AskAgainAfter, $"the leader gave no partition of {Topics(forgotten)} to anyone and is asked again"),
            RescueDeadline = null,
            EvictDeadline = null,
        },
    };

    private static void StandIn(GroupWork work, IReadOnlyList<string> forgotten, PendingAssignment leaders)
    {
        var leader = work.Group.LeaderMember;
        try
        {
            var assignment = Rescue.Compute(work);
            Rescue.Tell(work, GroupNoticeKind.LeaderRescued, leader,
                $"gave no partition of {Topics(forgotten)} to anyone, {AsksMax} times over; the server computed '{work.Group.ProtocolName}' in its place");
            SyncPhase.Store(work, new PendingAssignment(assignment, ByServer: true));
        }
        catch (AssignmentException)
        {
            SyncPhase.Store(work, leaders);
        }
    }

    private static string Topics(IReadOnlyList<string> topics) =>
        topics.Count == 1 ? $"topic {topics[0]}" : $"{topics.Count} topics ({topics[0]} and others)";
}

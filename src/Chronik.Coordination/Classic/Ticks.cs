namespace Chronik.Coordination.Classic;

/// <summary>Time has passed: what is due happens, in the order in which it became due.</summary>
internal static class Ticks
{
    public static void RunDue(GroupWork work)
    {
        work.SeesAllDeadlines = true;
        while (Deadlines.Earliest(work.Group) is { } due && due <= work.Now.Uptime)
            Run(work, due);
    }

    private static void Run(GroupWork work, TimeSpan due)
    {
        var group = work.Group;
        if (group.Join?.Deadline == due)
            JoinPhase.DeadlineReached(work);
        else if (group.Sync?.Refusal?.DueAt == due)
            AssignmentReview.Refuse(work);
        else if (group.Sync?.RescueDeadline == due)
            Rescue.Fire(work);
        else if (group.Sync?.EvictDeadline == due)
            Rescue.Evict(work);
        else if (group.Sync?.SyncDeadline == due)
            SyncPhase.DeadlineReached(work);
        else if (group.Members.All.FirstOrDefault(member => member.SessionDeadline == due) is { } member)
            Sessions.Expire(work, member);
        else
            Sessions.ExpirePending(work, group.Members.Pending.First(pending => pending.SessionDeadline == due));
    }
}

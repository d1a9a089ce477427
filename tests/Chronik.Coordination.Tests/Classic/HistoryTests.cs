using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Classic.History;

namespace Chronik.Coordination.Tests.Classic;

public class HistoryTests
{
    private readonly GroupDriver _group = new();

    [Fact]
    public void A_rebalance_tells_its_cause_its_trigger_and_when_each_member_joined_and_synced()
    {
        var first = _group.StableGroup(1)[0];
        _group.AdvanceSeconds(1);
        var start = _group.Now.Wall;
        _group.Send(_group.NewJoin() with { Reason = "subscribed" });
        _group.AdvanceSeconds(2);
        _group.Send(_group.Rejoin(first));
        var second = _group.Group.Members.All.Single(member => member.MemberId != first).MemberId;
        _group.AdvanceSeconds(1);
        _group.Sync(second);
        _group.AdvanceSeconds(1);
        _group.SyncAsLeader();
        _group.Leave(new LeavingMember(second, null, "done"));

        var rebalance = _group.Group.History.Past[^1];
        Assert.Equal((RebalanceCause.MemberJoined, "subscribed", second), (rebalance.Cause, rebalance.Detail, rebalance.TriggerMemberId));
        Assert.Equal((start, start.AddSeconds(2), start.AddSeconds(4)), (rebalance.StartedAt, rebalance.JoinedAt, rebalance.EndedAt));
        Assert.Equal((2, RebalanceOutcome.AssignedByLeader, first), (rebalance.Generation, rebalance.Outcome, rebalance.Leader));
        Assert.Equal(
            [(first, start.AddSeconds(2), start.AddSeconds(4), false), (second, start, start.AddSeconds(3), true)],
            rebalance.Members.OrderBy(member => member.MemberId, StringComparer.Ordinal).Select(member => (member.MemberId, member.JoinedAt!.Value, member.SyncedAt!.Value, member.IsGone)));
        Assert.Equal((RebalanceCause.MemberLeft, "done"), (_group.Group.History.Current!.Cause, _group.Group.History.Current.Detail));
    }

    [Fact]
    public void A_rebalance_that_the_next_one_overtook_says_so()
    {
        var first = _group.AddMember();
        _group.Send(_group.Rejoin(first, [GroupDriver.Protocol("range", "u")]));
        Assert.Equal(RebalanceOutcome.Superseded, _group.Group.History.Past[^1].Outcome);
    }

    [Fact]
    public void The_last_64_are_kept()
    {
        var leader = _group.StableGroup(1)[0];
        for (var i = 0; i < 200; i++)
        {
            _group.Send(_group.Rejoin(leader));
            _group.SyncAsLeader();
        }

        Assert.Equal(RebalanceHistory.Capacity, _group.Group.History.All.Count());
        Assert.Equal(201, _group.Group.History.Total);
        Assert.Equal(201, _group.Group.History.Current!.Generation);
    }
}

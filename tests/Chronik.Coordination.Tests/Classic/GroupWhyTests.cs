using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Classic.Explaining;

namespace Chronik.Coordination.Tests.Classic;

public class GroupWhyTests
{
    private readonly GroupDriver _group = new();

    [Fact]
    public void It_names_those_that_a_rebalance_waits_for_and_when_they_are_removed()
    {
        var members = _group.StableGroup(3);
        _group.AdvanceWithHeartbeats(2, [.. members]);
        _group.Send(_group.Rejoin(members[0]));
        _group.AdvanceSeconds(3);
        _group.Heartbeat(members[1]);
        _group.AdvanceSeconds(1);

        var why = Explain();
        Assert.Equal((ClassicGroupPhase.PreparingRebalance, 3, 4.0), (why.Phase, why.Generation, why.InPhase.TotalSeconds));
        Assert.Equal(
            [(members[1], MemberStanding.Missing, 1.0), (members[2], MemberStanding.Missing, 4.0), (members[0], MemberStanding.Joined, 4.0)],
            why.Members.Select(member => (member.MemberId, member.Standing, member.LastHeard!.Value.TotalSeconds)));
        Assert.Equal(56, why.DeadlineIn!.Value.TotalSeconds);
        Assert.Contains(why.Words, line => line == "In 56.0 s members that have not rejoined by then are removed, and the others go on.");
        Assert.Contains(why.Words, line => line.Contains($"member {members[1]} [client.id app, host /127.0.0.1, kafka-python 2.0.2], last heard 1.0 s ago", StringComparison.Ordinal));
        Assert.Contains("still heartbeats but does not rejoin", why.Hint!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_that_was_not_heard_since_is_probably_gone()
    {
        var members = _group.StableGroup(2);
        _group.Send(_group.Rejoin(members[0]));
        _group.AdvanceSeconds(4);
        Assert.Contains("has not been heard since the rebalance began", Explain().Hint!, StringComparison.Ordinal);
        Assert.EndsWith("its session ends in 6.0 s", Explain().Hint!, StringComparison.Ordinal);
    }

    [Fact]
    public void It_names_a_silent_leader_and_when_the_server_stands_in_for_it()
    {
        var leader = _group.AddMember();
        var follower = _group.AddMember();
        _group.Sync(follower);
        _group.AdvanceSeconds(2);
        var why = Explain();
        Assert.Equal([(leader, MemberStanding.NotSynced, true), (follower, MemberStanding.WaitingForAssignment, false)], why.Members.Select(member => (member.MemberId, member.Standing, member.IsLeader)));
        Assert.Equal(3, why.DeadlineIn!.Value.TotalSeconds);
        Assert.StartsWith("the server computes the assignment ('range')", why.AtDeadline!, StringComparison.Ordinal);
        Assert.Contains("has been silent since it was told to assign", why.Hint!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_leader_that_the_server_cannot_stand_in_for_is_removed_when_the_rebalance_timeout_ends()
    {
        _group.Join(_group.NewJoin(protocols: [GroupDriver.Protocol("mine", "t")]));
        _group.AdvanceSeconds(7);
        var why = Explain();
        Assert.Equal(53, why.DeadlineIn!.Value.TotalSeconds);
        Assert.StartsWith("members that have not asked for their assignment by then are removed", why.AtDeadline!, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_healthy_group_nothing_looks_wrong()
    {
        _group.StableGroup(3);
        var why = Explain();
        Assert.All(why.Members, member => Assert.Equal(MemberStanding.Working, member.Standing));
        Assert.Null(why.DeadlineIn);
        Assert.Equal("Nothing looks wrong.", why.Words[^1]);
    }

    [Fact]
    public void It_counts_the_last_hours_rebalances_and_names_who_makes_them()
    {
        var leader = _group.StableGroup(1)[0];
        var flapper = new ClientIdentity("flapper", "/10.0.0.7", "unknown", "unknown");
        for (var i = 0; i < 4; i++)
        {
            _group.AdvanceWithHeartbeats(100, leader);
            var join = _group.Send(_group.NewJoin() with { Client = flapper });
            _group.Send(_group.Rejoin(leader));
            _group.SyncAsLeader();
            var id = _group.Answered<Chronik.Coordination.Classic.Answers.JoinAnswer>(join).MemberId;
            _group.Sync(id);
            _group.Leave(new LeavingMember(id, null));
            _group.Send(_group.Rejoin(leader));
            _group.SyncAsLeader();
        }

        var why = Explain();
        Assert.Equal(9, why.RebalancesPerHour);
        Assert.Equal(new Flapping(flapper, 8), Assert.Single(why.Flapping));
        Assert.StartsWith("client.id flapper on /10.0.0.7 caused 8 rebalances within an hour", why.Hint!, StringComparison.Ordinal);
        _group.AdvanceWithHeartbeats(3_600, leader);
        Assert.Equal(0, Explain().RebalancesPerHour);
    }

    [Fact]
    public void Where_the_history_does_not_reach_back_an_hour_its_rate_counts()
    {
        var leader = _group.StableGroup(1)[0];
        for (var i = 0; i < 100; i++)
        {
            _group.AdvanceSeconds(1);
            _group.Send(_group.Rejoin(leader));
            _group.SyncAsLeader();
        }

        Assert.InRange(Explain().RebalancesPerHour, 3_500, 3_700);
    }

    [Fact]
    public void An_empty_group_says_since_when()
    {
        var leader = _group.StableGroup(1)[0];
        _group.Leave(new LeavingMember(leader, null));
        _group.AdvanceSeconds(30);
        Assert.Equal("Group g has been Empty for 30.0 s, generation 2, 0 members.", Explain().Words[0]);
    }

    [Fact]
    public void A_rescue_is_told_of_the_last_rebalance()
    {
        _group.AddMember();
        _group.AdvanceSeconds(5);
        Assert.Contains(Explain().Words, line => line.EndsWith("the server assigned in the leader's place.", StringComparison.Ordinal));
    }

    private GroupExplanation Explain() => GroupWhy.Explain(_group.Group, _group.Now);
}

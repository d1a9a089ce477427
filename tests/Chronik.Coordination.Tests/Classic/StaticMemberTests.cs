using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Answers;
using Chronik.Protocol;

namespace Chronik.Coordination.Tests.Classic;

public class StaticMemberTests
{
    private readonly GroupDriver _group = new();

    [Fact]
    public void A_static_member_joins_at_once_whatever_its_version()
    {
        var answer = _group.Join(_group.NewJoin("i0") with { MustKnowMemberId = true });
        Assert.Equal(ErrorCode.None, answer.Error);
        Assert.Equal("i0", Assert.Single(answer.Members).InstanceId);
    }

    [Fact]
    public void In_a_stable_group_it_comes_back_under_a_new_id_without_a_rebalance()
    {
        var members = _group.StableGroup(2, "i");
        var answer = _group.Join(_group.NewJoin("i1"));
        Assert.Equal((ErrorCode.None, 2, members[0]), (answer.Error, answer.Generation, answer.Leader));
        Assert.NotEqual(members[1], answer.MemberId);
        Assert.Equal(ClassicGroupPhase.Stable, _group.Group.Phase);
        Assert.Equal(members[1], System.Text.Encoding.UTF8.GetString(_group.Answered<SyncAnswer>(_group.Sync(answer.MemberId)).Assignment.Span));
    }

    [Fact]
    public void Each_time_it_gets_another_id()
    {
        var first = _group.StableGroup(1, "i")[0];
        var second = _group.Join(_group.NewJoin("i0")).MemberId;
        var third = _group.Join(_group.NewJoin("i0")).MemberId;
        Assert.Equal(3, new HashSet<string> { first, second, third }.Count);
    }

    [Fact]
    public void The_id_that_was_replaced_is_fenced_on_every_call()
    {
        var old = _group.StableGroup(2, "i")[1];
        _group.Join(_group.NewJoin("i1"));
        Assert.Equal(ErrorCode.FencedInstanceId, _group.Heartbeat(old, instance: "i1"));
        Assert.Equal(ErrorCode.FencedInstanceId, _group.Commit(old, 2, "i1"));
        Assert.Equal(ErrorCode.FencedInstanceId, _group.Join(_group.NewJoin("i1") with { MemberId = old }).Error);
        var sync = _group.Send(new Chronik.Coordination.Classic.Commands.SyncCommand(_group.NextRequest()) { MemberId = old, InstanceId = "i1", Generation = 2 });
        Assert.Equal(ErrorCode.FencedInstanceId, _group.Answered<SyncAnswer>(sync).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Heartbeat(old));
    }

    [Fact]
    public void A_leader_that_comes_back_is_told_to_skip_the_assignment_if_it_understands_that()
    {
        _group.StableGroup(2, "i");
        var answer = _group.Join(_group.NewJoin("i0") with { MaySkipAssignment = true });
        Assert.Equal((true, answer.MemberId, 2), (answer.SkipAssignment, answer.Leader, answer.Members.Length));
    }

    [Fact]
    public void A_leader_of_an_older_version_is_told_that_its_predecessor_leads()
    {
        var members = _group.StableGroup(2, "i");
        var answer = _group.Join(_group.NewJoin("i0"));
        Assert.Equal((false, members[0], 0), (answer.SkipAssignment, answer.Leader, answer.Members.Length));
        Assert.Equal(answer.MemberId, _group.Group.Leader);
    }

    [Fact]
    public void A_follower_that_comes_back_has_nothing_to_skip()
    {
        var members = _group.StableGroup(2, "i");
        var answer = _group.Join(_group.NewJoin("i1") with { MaySkipAssignment = true });
        Assert.Equal((false, members[0], 0), (answer.SkipAssignment, answer.Leader, answer.Members.Length));
    }

    [Fact]
    public void While_the_leader_assigns_a_static_member_that_comes_back_makes_a_rebalance()
    {
        _group.AddMember("i0");
        _group.AddMember("i1");
        var old = _group.Sync(_group.Group.Members.IdOfInstance("i1")!);
        var fresh = _group.Send(_group.NewJoin("i1"));
        Assert.Equal(ErrorCode.FencedInstanceId, _group.Answered<SyncAnswer>(old).Error);
        Assert.Equal(ClassicGroupPhase.PreparingRebalance, _group.Group.Phase);
        Assert.True(_group.IsParked(fresh));
    }

    [Fact]
    public void While_members_join_the_successor_takes_the_place_of_a_parked_join()
    {
        var members = _group.StableGroup(2, "i");
        _group.Send(_group.Rejoin(members[0]));
        _group.AdvanceSeconds(1);
        var fresh = _group.Send(_group.NewJoin("i1"));
        Assert.Equal(2, _group.Group.Members.Count);
        Assert.Equal(3, _group.Answered<JoinAnswer>(fresh).Generation);

        _group.SyncAll();
        _group.Send(_group.Rejoin(_group.Group.Leader!));
        var again = _group.Send(_group.Rejoin(_group.Group.Members.IdOfInstance("i1")!, [GroupDriver.Protocol("range", "u")]));
        Assert.False(_group.IsParked(again));
    }

    [Fact]
    public void One_that_comes_back_with_other_topics_makes_a_rebalance()
    {
        _group.StableGroup(2, "i");
        _group.Send(_group.NewJoin("i1", [GroupDriver.Protocol("range", "t", "u")]));
        Assert.Equal(ClassicGroupPhase.PreparingRebalance, _group.Group.Phase);
    }

    [Fact]
    public void One_that_comes_back_with_other_protocols_makes_a_rebalance_if_another_would_be_elected()
    {
        _group.AddMember("i0", [GroupDriver.Protocol("range", "t"), GroupDriver.Protocol("sticky", "t")]);
        _group.SyncAll();
        Assert.Equal("range", _group.Group.ProtocolName);
        var request = _group.Send(_group.NewJoin("i0", [GroupDriver.Protocol("sticky", "t"), GroupDriver.Protocol("range", "t")]));
        Assert.Equal(("sticky", 2), (_group.Answered<JoinAnswer>(request).ProtocolName, _group.Group.Generation));
    }

    [Fact]
    public void A_replacement_that_cannot_be_stored_is_taken_back()
    {
        var members = _group.StableGroup(2, "i");
        _group.HoldWrites = true;
        var request = _group.Send(_group.NewJoin("i0") with { MaySkipAssignment = true });
        Assert.True(_group.IsParked(request));
        _group.EndWrite(succeeds: false);
        Assert.Equal((ErrorCode.CoordinatorNotAvailable, ""), (_group.Answered<JoinAnswer>(request).Error, _group.Answered<JoinAnswer>(request).MemberId));
        Assert.Equal((members[0], ClassicGroupPhase.Stable), (_group.Group.Leader, _group.Group.Phase));
        Assert.Equal(ErrorCode.None, _group.Heartbeat(members[0], instance: "i0"));
    }

    [Fact]
    public void A_member_that_has_not_rejoined_stays_until_its_session_ends_and_does_not_lead()
    {
        var members = _group.StableGroup(2, "i");
        var request = _group.Send(_group.Rejoin(members[1], [GroupDriver.Protocol("range", "u")]));
        for (var i = 0; i < 60; i++)
        {
            _group.AdvanceSeconds(1);
            _group.Heartbeat(members[0], instance: "i0");
        }

        var answer = _group.Answered<JoinAnswer>(request);
        Assert.Equal((members[1], 2), (answer.Leader, answer.Members.Length));
        Assert.True(_group.Group.Members.Contains(members[0]));
        _group.SyncAsLeader();
        for (var i = 0; i < 10; i++)
        {
            _group.AdvanceSeconds(1);
            _group.Heartbeat(members[1], instance: "i1");
        }

        Assert.False(_group.Group.Members.Contains(members[0]));
    }

    [Fact]
    public void When_nobody_rejoined_but_static_members_stay_the_join_phase_goes_on()
    {
        _group.StableGroup(2, "i");
        _group.Send(_group.NewJoin() with { MustKnowMemberId = true });
        var leader = _group.Group.Leader!;
        var dynamic = _group.Send(_group.NewJoin());
        _group.Run(new Chronik.Coordination.Classic.Commands.AbandonCommand(dynamic));
        for (var i = 0; i < 61; i++)
        {
            _group.AdvanceSeconds(1);
            _group.Heartbeat(leader, instance: "i0");
        }

        Assert.Equal((ClassicGroupPhase.PreparingRebalance, 2), (_group.Group.Phase, _group.Group.Generation));
        var request = _group.Join(_group.Rejoin(leader));
        Assert.Equal(3, request.Generation);
    }
}

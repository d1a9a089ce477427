using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Protocol;

namespace Chronik.Coordination.Tests.Classic;

public class JoinTests
{
    private readonly GroupDriver _group = new();

    [Fact]
    public void A_dynamic_member_without_an_id_is_given_one_and_has_to_come_back_with_it()
    {
        var first = _group.Join(_group.NewJoin() with { MustKnowMemberId = true });
        Assert.Equal(ErrorCode.MemberIdRequired, first.Error);
        Assert.NotEqual("", first.MemberId);
        Assert.Equal(1, _group.Group.Members.PendingCount);
        Assert.Equal(0, _group.Group.Members.Count);

        var second = _group.Join(_group.NewJoin() with { MemberId = first.MemberId, MustKnowMemberId = true });
        Assert.Equal((ErrorCode.None, first.MemberId, first.MemberId, 1), (second.Error, second.MemberId, second.Leader, second.Generation));
        Assert.Equal(0, _group.Group.Members.PendingCount);
    }

    [Fact]
    public void A_pending_member_that_never_comes_back_is_forgotten_after_its_session_timeout()
    {
        var answer = _group.Join(_group.NewJoin() with { MustKnowMemberId = true });
        _group.AdvanceSeconds(10);
        Assert.Equal(0, _group.Group.Members.PendingCount);
        Assert.True(_group.Group.IsBlank);
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Join(_group.NewJoin() with { MemberId = answer.MemberId }).Error);
    }

    [Fact]
    public void A_rebalance_that_waits_for_a_pending_member_ends_when_that_expires()
    {
        var leader = _group.StableGroup(1)[0];
        _group.Join(_group.NewJoin() with { MustKnowMemberId = true });
        var rejoin = _group.Send(_group.Rejoin(leader));
        Assert.True(_group.IsParked(rejoin));
        _group.AdvanceSeconds(9.9);
        Assert.True(_group.IsParked(rejoin));
        _group.AdvanceSeconds(0.1);
        Assert.Equal(2, _group.Answered<JoinAnswer>(rejoin).Generation);
    }

    [Fact]
    public void A_pending_member_counts_for_the_size_of_the_group()
    {
        _group.Settings = _group.Settings with { SizeMax = 1 };
        var first = _group.Join(_group.NewJoin() with { MustKnowMemberId = true });
        Assert.Equal(ErrorCode.GroupMaxSizeReached, _group.Join(_group.NewJoin() with { MustKnowMemberId = true }).Error);
        Assert.Equal(ErrorCode.None, _group.Join(_group.NewJoin() with { MemberId = first.MemberId }).Error);
    }

    [Fact]
    public void Below_v4_a_member_joins_at_once()
    {
        var answer = _group.Join(_group.NewJoin());
        Assert.Equal(ErrorCode.None, answer.Error);
        Assert.Equal(answer.MemberId, answer.Leader);
        Assert.Equal("range", answer.ProtocolName);
        Assert.Equal("consumer", answer.ProtocolType);
        Assert.Equal(answer.MemberId, Assert.Single(answer.Members).MemberId);
    }

    [Fact]
    public void A_rebalance_waits_for_every_known_member_however_long_the_others_have_been_there()
    {
        var members = _group.StableGroup(2);
        var third = _group.Send(_group.NewJoin());
        var first = _group.Send(_group.Rejoin(members[0]));

        // The second learns of the rebalance with its next heartbeat, three seconds later.
        _group.AdvanceSeconds(3);
        Assert.True(_group.IsParked(third));
        Assert.True(_group.IsParked(first));
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Heartbeat(members[1]));
        var second = _group.Send(_group.Rejoin(members[1]));

        Assert.Equal(3, _group.Answered<JoinAnswer>(first).Members.Length);
        Assert.Empty(_group.Answered<JoinAnswer>(second).Members);
        Assert.Equal(members[0], _group.Answered<JoinAnswer>(third).Leader);
    }

    [Fact]
    public void Members_that_do_not_rejoin_within_the_largest_rebalance_timeout_are_removed()
    {
        var members = _group.StableGroup(2);
        var request = _group.Send(_group.Rejoin(members[0]) with { RebalanceTimeout = TimeSpan.FromSeconds(20) });
        _group.AdvanceWithHeartbeats(59, members[1]);
        Assert.True(_group.IsParked(request));
        _group.AdvanceWithHeartbeats(1, members[1]);
        Assert.Equal(members[0], Assert.Single(_group.Answered<JoinAnswer>(request).Members).MemberId);
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Heartbeat(members[1]));
    }

    [Fact]
    public void A_parked_join_never_expires_its_member()
    {
        var members = _group.StableGroup(2);
        var request = _group.Send(_group.Rejoin(members[0]));
        _group.AdvanceWithHeartbeats(50, members[1]);
        Assert.True(_group.IsParked(request));
        Assert.True(_group.Group.Members.Contains(members[0]));
    }

    [Fact]
    public void The_initial_delay_gathers_members_and_each_that_joins_extends_it()
    {
        _group.Settings = _group.Settings with { InitialRebalanceDelay = TimeSpan.FromSeconds(3) };
        var first = _group.Send(_group.NewJoin());
        _group.AdvanceSeconds(2);
        var second = _group.Send(_group.NewJoin());
        _group.AdvanceSeconds(3.9);
        Assert.True(_group.IsParked(first));
        _group.AdvanceSeconds(0.1);
        Assert.Equal(2, _group.Answered<JoinAnswer>(first).Members.Length);
        Assert.Equal(1, _group.Answered<JoinAnswer>(second).Generation);
    }

    [Fact]
    public void The_initial_delay_ends_at_the_rebalance_timeout_even_when_members_keep_coming()
    {
        _group.Settings = _group.Settings with { InitialRebalanceDelay = TimeSpan.FromSeconds(3) };
        var first = _group.Send(_group.NewJoin() with { RebalanceTimeout = TimeSpan.FromSeconds(8) });
        for (var second = 0; second < 8; second++)
        {
            Assert.True(_group.IsParked(first));
            _group.AdvanceSeconds(1);
            if (second < 7)
                _group.Send(_group.NewJoin() with { RebalanceTimeout = TimeSpan.FromSeconds(8) });
        }

        Assert.Equal(8, _group.Answered<JoinAnswer>(first).Members.Length);
    }

    [Fact]
    public void The_initial_delay_does_not_apply_to_a_group_that_was_not_empty()
    {
        _group.StableGroup(1);
        _group.Settings = _group.Settings with { InitialRebalanceDelay = TimeSpan.FromSeconds(3) };
        _group.AddMember();
        Assert.Equal(2, _group.Group.Generation);
    }

    [Fact]
    public void A_follower_that_rejoins_unchanged_in_a_stable_group_gets_the_generation_without_a_rebalance()
    {
        var members = _group.StableGroup(2);
        var answer = _group.Join(_group.Rejoin(members[1]));
        Assert.Equal((ErrorCode.None, 2, members[0]), (answer.Error, answer.Generation, answer.Leader));
        Assert.Empty(answer.Members);
        Assert.Equal(ClassicGroupPhase.Stable, _group.Group.Phase);
    }

    [Fact]
    public void A_follower_that_rejoins_with_another_subscription_makes_a_rebalance()
    {
        var members = _group.StableGroup(2);
        _group.Send(_group.Rejoin(members[1], [GroupDriver.Protocol("range", "t", "u")]));
        Assert.Equal(ClassicGroupPhase.PreparingRebalance, _group.Group.Phase);
    }

    [Fact]
    public void The_leader_that_rejoins_always_makes_a_rebalance()
    {
        var members = _group.StableGroup(2);
        _group.Send(_group.Rejoin(members[0]));
        Assert.Equal(ClassicGroupPhase.PreparingRebalance, _group.Group.Phase);
    }

    [Fact]
    public void A_member_that_lost_the_answer_to_its_join_gets_it_again_while_the_group_waits_for_the_leader()
    {
        var leader = _group.AddMember();
        var answer = _group.Join(_group.Rejoin(leader));
        Assert.Equal((ErrorCode.None, 1), (answer.Error, answer.Generation));
        Assert.Single(answer.Members);
        Assert.Equal(1, _group.Group.Generation);
    }

    [Fact]
    public void A_join_sent_again_on_another_connection_answers_the_first_and_parks_the_second()
    {
        var members = _group.StableGroup(2);
        var first = _group.Send(_group.Rejoin(members[0]));
        var second = _group.Send(_group.Rejoin(members[0]));
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Answered<JoinAnswer>(first).Error);
        Assert.True(_group.IsParked(second));
    }

    [Theory]
    [InlineData(5.999)]
    [InlineData(1800.001)]
    [InlineData(-1)]
    public void A_session_timeout_out_of_range_is_refused(double seconds)
    {
        var answer = _group.Join(_group.NewJoin() with { SessionTimeout = TimeSpan.FromSeconds(seconds) });
        Assert.Equal(ErrorCode.InvalidSessionTimeout, answer.Error);
        Assert.True(_group.Group.IsBlank);
    }

    [Fact]
    public void An_id_that_the_group_never_gave_is_unknown()
    {
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Join(_group.NewJoin() with { MemberId = "stranger" }).Error);
        _group.StableGroup(1);
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Join(_group.NewJoin() with { MemberId = "stranger" }).Error);
    }

    [Fact]
    public void A_full_group_refuses_new_members_and_keeps_its_own()
    {
        _group.Settings = _group.Settings with { SizeMax = 2 };
        var members = _group.StableGroup(2);
        var refused = _group.Join(_group.NewJoin());
        Assert.Equal((ErrorCode.GroupMaxSizeReached, ""), (refused.Error, refused.MemberId));
        Assert.Equal(ClassicGroupPhase.Stable, _group.Group.Phase);
        Assert.Equal(ErrorCode.None, _group.Join(_group.Rejoin(members[1])).Error);
    }

    [Fact]
    public void Of_a_group_that_has_become_too_large_the_last_that_rejoin_are_refused()
    {
        var members = _group.StableGroup(3);
        _group.Settings = _group.Settings with { SizeMax = 2 };
        var first = _group.Send(_group.Rejoin(members[0]));
        var third = _group.Send(_group.Rejoin(members[2]));
        Assert.Equal(ErrorCode.GroupMaxSizeReached, _group.Join(_group.Rejoin(members[1])).Error);
        Assert.Equal(2, _group.Answered<JoinAnswer>(first).Members.Length);
        Assert.Equal(ErrorCode.None, _group.Answered<JoinAnswer>(third).Error);
    }

    [Fact]
    public void When_the_leader_is_gone_the_next_of_those_that_rejoined_leads()
    {
        var members = _group.StableGroup(3);
        _group.Send(_group.Rejoin(members[1], [GroupDriver.Protocol("range", "u")]));
        _group.Send(_group.Rejoin(members[2]));
        _group.Leave(new LeavingMember(members[0], null));
        Assert.Equal(members[1], _group.Group.Leader);
        Assert.Equal(ClassicGroupPhase.CompletingRebalance, _group.Group.Phase);
    }

    [Fact]
    public void A_member_whose_connection_is_gone_does_not_come_to_lead()
    {
        var members = _group.StableGroup(3);
        var second = _group.Send(_group.Rejoin(members[1], [GroupDriver.Protocol("range", "u")]));
        _group.Run(new AbandonCommand(second));
        _group.Send(_group.Rejoin(members[2]));
        _group.Leave(new LeavingMember(members[0], null));
        Assert.Equal(members[2], _group.Group.Leader);
        Assert.Equal(2, _group.Group.Members.Count);
    }

    [Fact]
    public void A_member_that_hangs_up_before_it_was_told_its_id_is_not_waited_for()
    {
        var leader = _group.StableGroup(1)[0];
        var ghost = _group.Send(_group.NewJoin());
        Assert.Equal(ClassicGroupPhase.PreparingRebalance, _group.Group.Phase);
        _group.Run(new AbandonCommand(ghost));
        Assert.Equal(leader, Assert.Single(_group.Group.Members.All).MemberId);
        var rejoin = _group.Join(_group.Rejoin(leader));
        Assert.Equal(2, rejoin.Generation);
    }

    [Fact]
    public void A_group_whose_last_member_leaves_is_empty_in_a_new_generation()
    {
        var leader = _group.StableGroup(1)[0];
        Assert.Equal(ErrorCode.None, _group.Leave(new LeavingMember(leader, null)).Members[0].Error);
        Assert.Equal((ClassicGroupPhase.Empty, 2), (_group.Group.Phase, _group.Group.Generation));
        Assert.Null(_group.Group.Leader);
        Assert.Equal("consumer", _group.Group.ProtocolType);
    }

    [Fact]
    public void Members_that_come_while_a_generation_is_being_stored_share_the_next()
    {
        _group.HoldWrites = true;
        var joins = Enumerable.Range(0, 100).Select(_ => _group.Send(_group.NewJoin())).ToList();
        Assert.Equal(1, _group.WritesHeld);
        _group.EndWrite();
        Assert.Equal(1, _group.WritesHeld);
        _group.EndWrite();
        Assert.All(joins, join => Assert.Equal((ErrorCode.None, 2), (_group.Answered<JoinAnswer>(join).Error, _group.Answered<JoinAnswer>(join).Generation)));
    }

    [Fact]
    public void Nobody_is_told_of_a_generation_before_it_is_stored()
    {
        _group.HoldWrites = true;
        var join = _group.Send(_group.NewJoin());
        Assert.True(_group.IsParked(join));
        _group.EndWrite();
        Assert.Equal(ErrorCode.None, _group.Answered<JoinAnswer>(join).Error);
    }

    [Fact]
    public void A_generation_that_cannot_be_stored_is_an_error_for_all_and_the_members_rejoin()
    {
        var leader = _group.StableGroup(1)[0];
        _group.HoldWrites = true;
        var fresh = _group.Send(_group.NewJoin());
        var rejoin = _group.Send(_group.Rejoin(leader));
        _group.EndWrite(succeeds: false);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, _group.Answered<JoinAnswer>(fresh).Error);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, _group.Answered<JoinAnswer>(rejoin).Error);
        Assert.Equal(ClassicGroupPhase.PreparingRebalance, _group.Group.Phase);
        _group.HoldWrites = false;
        Assert.Equal(3, _group.Join(_group.Rejoin(leader)).Generation);
    }
}

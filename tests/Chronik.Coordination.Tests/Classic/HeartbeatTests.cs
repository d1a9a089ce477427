using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Commands;
using Chronik.Protocol;

namespace Chronik.Coordination.Tests.Classic;

public class HeartbeatTests
{
    private readonly GroupDriver _group = new();

    [Fact]
    public void In_a_stable_group_a_heartbeat_begins_the_session_anew()
    {
        var leader = _group.StableGroup(1)[0];
        _group.AdvanceSeconds(9.9);
        Assert.Equal(ErrorCode.None, _group.Heartbeat(leader));
        _group.AdvanceSeconds(9.9);
        Assert.True(_group.Group.Members.Contains(leader));
        _group.AdvanceSeconds(0.1);
        Assert.Equal(ClassicGroupPhase.Empty, _group.Group.Phase);
    }

    [Fact]
    public void While_the_leader_assigns_a_heartbeat_is_fine_and_begins_the_session_anew()
    {
        _group.Settings = _group.Settings with { Rescue = TimeSpan.Zero };
        var leader = _group.AddMember();
        _group.AdvanceSeconds(9.9);
        Assert.Equal(ErrorCode.None, _group.Heartbeat(leader));
        _group.AdvanceSeconds(9.9);
        Assert.True(_group.Group.Members.Contains(leader));
    }

    [Fact]
    public void While_members_join_a_heartbeat_tells_of_the_rebalance_and_begins_the_session_anew()
    {
        var members = _group.StableGroup(2);
        _group.Send(_group.Rejoin(members[0]));
        for (var i = 0; i < 5; i++)
        {
            _group.AdvanceSeconds(9);
            Assert.Equal(ErrorCode.RebalanceInProgress, _group.Heartbeat(members[1]));
        }
    }

    [Fact]
    public void A_stranger_is_unknown()
    {
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Heartbeat("stranger"));
        _group.StableGroup(1);
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Heartbeat("stranger"));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(2)]
    public void Another_generation_is_illegal(int generation) =>
        Assert.Equal(ErrorCode.IllegalGeneration, _group.Heartbeat(_group.StableGroup(1)[0], generation));

    [Fact]
    public void A_group_that_is_being_deleted_sends_clients_to_look_for_their_coordinator_again()
    {
        var leader = _group.StableGroup(1)[0];
        var dead = _group.Group with { Phase = ClassicGroupPhase.Dead };
        var step = ClassicGroupMachine.Handle(
            dead, new HeartbeatCommand(_group.NextRequest(), leader, null, 1), new GroupContext(_group.Now, _group.Settings, _ => null));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, Assert.Single(step.Answers).Error);
    }

    [Fact]
    public void A_member_whose_session_ends_leaves_its_part_to_the_others()
    {
        var members = _group.StableGroup(2);
        _group.AdvanceWithHeartbeats(10, members[0]);
        Assert.Equal(ClassicGroupPhase.PreparingRebalance, _group.Group.Phase);
        Assert.Equal(members[0], Assert.Single(_group.Group.Members.All).MemberId);
        Assert.Contains(_group.Notices, notice => notice.Kind == GroupNoticeKind.SessionExpired && notice.MemberId == members[1]);
    }

    [Fact]
    public void A_rebalance_that_waits_for_a_member_goes_on_when_its_session_ends()
    {
        var members = _group.StableGroup(2);
        var request = _group.Send(_group.Rejoin(members[0]));
        _group.AdvanceSeconds(10);
        Assert.False(_group.IsParked(request));
        Assert.Equal(3, _group.Group.Generation);
    }
}

using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Protocol;

namespace Chronik.Coordination.Tests.Classic;

public class LeaveTests
{
    private readonly GroupDriver _group = new();

    [Fact]
    public void Each_of_those_that_leave_gets_its_own_answer()
    {
        var members = _group.StableGroup(2, "i");
        var pending = _group.Join(_group.NewJoin() with { MustKnowMemberId = true }).MemberId;
        var answer = _group.Leave(
            new LeavingMember(members[0], "i0"),
            new LeavingMember("", "i1"),
            new LeavingMember(pending, null),
            new LeavingMember("stranger", null),
            new LeavingMember("", "i9"),
            new LeavingMember("", null));
        Assert.Equal(ErrorCode.None, answer.Error);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.None, ErrorCode.None, ErrorCode.UnknownMemberId, ErrorCode.UnknownMemberId, ErrorCode.UnknownMemberId],
            answer.Members.Select(member => member.Error));
        Assert.Equal(ClassicGroupPhase.Empty, _group.Group.Phase);
    }

    [Fact]
    public void A_static_member_that_was_replaced_cannot_make_its_successor_leave()
    {
        var old = _group.StableGroup(1, "i")[0];
        _group.Join(_group.NewJoin("i0"));
        Assert.Equal(ErrorCode.FencedInstanceId, _group.Leave(new LeavingMember(old, "i0")).Members[0].Error);
        Assert.Equal(1, _group.Group.Members.Count);
    }

    [Fact]
    public void A_pending_member_that_leaves_disturbs_nobody()
    {
        _group.StableGroup(1);
        var pending = _group.Join(_group.NewJoin() with { MustKnowMemberId = true }).MemberId;
        _group.Leave(new LeavingMember(pending, null));
        Assert.Equal((ClassicGroupPhase.Stable, 0), (_group.Group.Phase, _group.Group.Members.PendingCount));
    }

    [Fact]
    public void A_rebalance_that_waits_for_a_pending_member_goes_on_when_it_leaves()
    {
        var leader = _group.StableGroup(1)[0];
        var pending = _group.Join(_group.NewJoin() with { MustKnowMemberId = true }).MemberId;
        var rejoin = _group.Send(_group.Rejoin(leader));
        Assert.True(_group.IsParked(rejoin));
        _group.Leave(new LeavingMember(pending, null));
        Assert.Equal(2, _group.Answered<JoinAnswer>(rejoin).Generation);
    }

    [Fact]
    public void Those_that_stay_share_what_one_that_left_had()
    {
        var members = _group.StableGroup(2);
        _group.Leave(new LeavingMember(members[1], null, "closed"));
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Heartbeat(members[0]));
        Assert.Equal("closed", _group.Group.History.Current!.Detail);
    }

    [Fact]
    public void A_leave_is_answered_when_it_is_stored_and_a_restart_does_not_bring_the_member_back()
    {
        var members = _group.StableGroup(2);
        _group.HoldWrites = true;
        var request = _group.Send(new LeaveCommand(_group.NextRequest(), [new LeavingMember(members[1], null)]));
        Assert.True(_group.IsParked(request));
        _group.EndWrite();
        Assert.Equal(ErrorCode.None, _group.Answered<LeaveAnswer>(request).Error);
        _group.Restart();
        Assert.Equal(members[0], Assert.Single(_group.Group.Members.All).MemberId);
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Heartbeat(members[0]));
    }

    [Fact]
    public void A_leave_that_cannot_be_stored_is_an_error()
    {
        var members = _group.StableGroup(2);
        _group.FailWrites = true;
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, _group.Leave(new LeavingMember(members[1], null)).Error);
    }

    [Fact]
    public void A_group_without_members_answers_each_with_unknown() =>
        Assert.Equal(ErrorCode.UnknownMemberId, Assert.Single(_group.Leave(new LeavingMember("a", null)).Members).Error);

    [Fact]
    public void A_leave_of_nobody_is_fine() => Assert.Empty(_group.Leave().Members);
}

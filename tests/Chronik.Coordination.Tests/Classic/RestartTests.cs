using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Answers;
using Chronik.Protocol;

namespace Chronik.Coordination.Tests.Classic;

public class RestartTests
{
    private readonly GroupDriver _group = new();

    [Fact]
    public void A_stable_group_stays_stable_with_its_members_generation_and_assignment()
    {
        var members = _group.StableGroup(3);
        _group.AdvanceWithHeartbeats(9, [.. members]);
        _group.Restart();
        Assert.Equal((ClassicGroupPhase.Stable, 3, members[0]), (_group.Group.Phase, _group.Group.Generation, _group.Group.Leader));
        foreach (var member in members)
        {
            Assert.Equal(ErrorCode.None, _group.Heartbeat(member));
            Assert.Equal(member, System.Text.Encoding.UTF8.GetString(_group.Answered<SyncAnswer>(_group.Sync(member)).Assignment.Span));
        }

        Assert.Equal(ErrorCode.UnknownMemberId, _group.Heartbeat("stranger"));
    }

    [Fact]
    public void Sessions_begin_anew()
    {
        var members = _group.StableGroup(1);
        _group.AdvanceSeconds(9);
        _group.Restart();
        _group.AdvanceSeconds(9);
        Assert.Equal(ErrorCode.None, _group.Heartbeat(members[0]));
        _group.AdvanceSeconds(10);
        Assert.Equal(ClassicGroupPhase.Empty, _group.Group.Phase);
    }

    [Fact]
    public void A_generation_that_members_were_told_of_goes_on_and_its_leader_is_rescued_again()
    {
        var leader = _group.AddMember();
        var follower = _group.AddMember();
        _group.Restart();
        Assert.Equal((ClassicGroupPhase.CompletingRebalance, 2), (_group.Group.Phase, _group.Group.Generation));
        var waiting = _group.Sync(follower);
        _group.AdvanceSeconds(5);
        Assert.Equal(ErrorCode.None, _group.Answered<SyncAnswer>(waiting).Error);
        Assert.Equal(leader, _group.Group.Leader);
    }

    [Fact]
    public void A_generation_is_never_used_twice()
    {
        var leader = _group.StableGroup(2)[0];
        _group.Send(_group.Rejoin(leader));
        var other = _group.Group.Members.All.First(member => member.MemberId != leader).MemberId;
        _group.Send(_group.Rejoin(other));
        Assert.Equal(3, _group.Group.Generation);
        _group.Restart();
        _group.Send(_group.Rejoin(leader, [GroupDriver.Protocol("range", "u")]));
        var request = _group.Send(_group.Rejoin(other));
        Assert.Equal(4, _group.Answered<JoinAnswer>(request).Generation);
    }

    [Fact]
    public void What_was_not_stored_was_not_told_and_is_not_missed()
    {
        var leader = _group.StableGroup(1)[0];
        _group.HoldWrites = true;
        var request = _group.Send(_group.NewJoin());
        _group.Send(_group.Rejoin(leader));
        Assert.True(_group.IsParked(request));
        _group.Restart();
        Assert.Equal((ClassicGroupPhase.Stable, 1), (_group.Group.Phase, _group.Group.Generation));
        Assert.Equal(leader, Assert.Single(_group.Group.Members.All).MemberId);
    }

    [Fact]
    public void A_static_member_finds_its_place_again()
    {
        _group.StableGroup(2, "i");
        _group.Restart();
        var answer = _group.Join(_group.NewJoin("i1"));
        Assert.Equal((ErrorCode.None, 2), (answer.Error, answer.Generation));
        Assert.Equal(ClassicGroupPhase.Stable, _group.Group.Phase);
    }

    [Fact]
    public void An_empty_group_remembers_its_generation_and_since_when_it_is_empty()
    {
        var leader = _group.StableGroup(1)[0];
        _group.AdvanceSeconds(5);
        _group.Leave(new Chronik.Coordination.Classic.Commands.LeavingMember(leader, null));
        var since = _group.Group.PhaseSince.Wall;
        _group.AdvanceSeconds(100);
        _group.Restart();
        Assert.Equal((ClassicGroupPhase.Empty, 2, since), (_group.Group.Phase, _group.Group.Generation, _group.Group.PhaseSince.Wall));
        Assert.Equal(100, (_group.Now.Uptime - _group.Group.PhaseSince.Uptime).TotalSeconds, 3);
        Assert.Equal(3, _group.Join(_group.NewJoin()).Generation);
    }
}

using Chronik.Coordination.Classic;
using Chronik.Protocol;

namespace Chronik.Coordination.Tests.Classic;

public class CommitTests
{
    private readonly GroupDriver _group = new();

    [Fact]
    public void Without_a_generation_an_empty_group_takes_a_commit() => Assert.Equal(ErrorCode.None, _group.Commit("", -1));

    [Fact]
    public void Without_a_generation_and_a_member_id_a_live_group_takes_none()
    {
        _group.StableGroup(1);
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Commit("", -1));
        Assert.Equal(ErrorCode.None, _group.Commit("", -1, transactional: true));
    }

    [Fact]
    public void While_the_leader_assigns_a_commit_has_to_wait()
    {
        var leader = _group.AddMember();
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Commit(leader, 1));
    }

    [Fact]
    public void While_members_join_the_right_generation_still_commits()
    {
        var members = _group.StableGroup(2);
        _group.Send(_group.Rejoin(members[0]));
        Assert.Equal(ErrorCode.None, _group.Commit(members[1], 2));
        Assert.Equal(ErrorCode.IllegalGeneration, _group.Commit(members[1], 1));
    }

    [Fact]
    public void A_commit_counts_as_a_heartbeat()
    {
        var leader = _group.StableGroup(1)[0];
        for (var i = 0; i < 5; i++)
        {
            _group.AdvanceSeconds(9);
            Assert.Equal(ErrorCode.None, _group.Commit(leader, 1));
        }
    }

    [Fact]
    public void A_member_of_another_generation_or_none_at_all_is_refused()
    {
        var leader = _group.StableGroup(1)[0];
        Assert.Equal(ErrorCode.IllegalGeneration, _group.Commit(leader, 2));
        Assert.Equal(ErrorCode.IllegalGeneration, _group.Commit(leader, -1));
        Assert.Equal(ErrorCode.UnknownMemberId, _group.Commit("stranger", 1));
    }

    [Fact]
    public void A_fenced_static_member_does_not_commit()
    {
        var leader = _group.StableGroup(1, "i")[0];
        _group.Join(_group.NewJoin("i0"));
        Assert.Equal(ErrorCode.FencedInstanceId, _group.Commit(leader, 1, "i0"));
        Assert.Equal(ErrorCode.None, _group.Commit(_group.Group.Members.IdOfInstance("i0")!, 1, "i0"));
        Assert.Equal(ClassicGroupPhase.Stable, _group.Group.Phase);
    }
}

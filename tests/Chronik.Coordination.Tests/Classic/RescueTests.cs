using System.Collections.Immutable;
using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Classic.History;
using Chronik.Protocol;

namespace Chronik.Coordination.Tests.Classic;

public class RescueTests
{
    private readonly GroupDriver _group = new();

    [Theory]
    [InlineData("range", 1)]
    [InlineData("range", 2)]
    [InlineData("range", 10)]
    [InlineData("roundrobin", 3)]
    [InlineData("sticky", 3)]
    [InlineData("cooperative-sticky", 3)]
    [InlineData("range", 1000)]
    public void Followers_work_five_seconds_after_the_leader_fell_silent(string assignor, int size)
    {
        _group.Topics["t"] = size;
        var joins = Enumerable.Range(0, size).Select(_ => _group.NewJoin(protocols: [GroupDriver.Protocol(assignor, "t")])).ToList();
        _group.HoldWrites = true;
        foreach (var join in joins)
            _group.Send(join);
        while (_group.WritesHeld > 0)
            _group.EndWrite();
        _group.HoldWrites = false;
        var followers = _group.Group.Members.All.Where(member => member.MemberId != _group.Group.Leader).Select(member => _group.Sync(member.MemberId)).ToList();

        _group.AdvanceSeconds(4.999);
        Assert.All(followers, follower => Assert.True(_group.IsParked(follower)));
        _group.AdvanceSeconds(0.001);
        Assert.All(followers, follower => Assert.Equal(ErrorCode.None, _group.Answered<SyncAnswer>(follower).Error));
        Assert.Equal(ClassicGroupPhase.Stable, _group.Group.Phase);
        AssertEachPartitionHasOneOwner(size);
    }

    [Fact]
    public void The_late_leader_gets_what_is_stored_and_its_own_list_is_ignored()
    {
        var leader = _group.AddMember();
        _group.AdvanceSeconds(5);
        var answer = _group.Answered<SyncAnswer>(_group.SyncAsLeader());
        Assert.Equal(ErrorCode.None, answer.Error);
        Assert.True(answer.Assignment.Span.SequenceEqual(_group.Group.LeaderMember!.Assignment.Span));
        Assert.False(answer.Assignment.Span.SequenceEqual(System.Text.Encoding.UTF8.GetBytes(leader)));
    }

    [Fact]
    public void A_leader_that_speaks_while_the_servers_assignment_is_being_stored_gets_that_one()
    {
        _group.AddMember();
        _group.HoldWrites = true;
        _group.AdvanceSeconds(5);
        var late = _group.SyncAsLeader();
        Assert.Equal(1, _group.WritesHeld);
        Assert.True(_group.IsParked(late));
        _group.EndWrite();
        Assert.True(_group.Answered<SyncAnswer>(late).Assignment.Span.SequenceEqual(_group.Group.LeaderMember!.Assignment.Span));
        Assert.Equal(RebalanceOutcome.AssignedByServer, _group.Group.History.Current!.Outcome);
    }

    [Fact]
    public void The_assignment_is_durable_before_anyone_gets_it()
    {
        _group.AddMember();
        var follower = _group.Sync(_group.AddMember());
        _group.HoldWrites = true;
        _group.AdvanceSeconds(5);
        Assert.True(_group.IsParked(follower));
        _group.EndWrite();
        var given = _group.Answered<SyncAnswer>(follower).Assignment;
        _group.Restart();
        var waiting = _group.Sync(_group.Group.Members.All.Last().MemberId);
        Assert.True(given.Span.SequenceEqual(_group.Answered<SyncAnswer>(waiting).Assignment.Span));
    }

    [Fact]
    public void A_slow_follower_does_not_hold_the_rescue_back()
    {
        _group.AddMember();
        _group.AddMember();
        _group.AdvanceSeconds(5);
        Assert.Equal(ClassicGroupPhase.Stable, _group.Group.Phase);
    }

    [Fact]
    public void A_leader_that_spoke_in_time_is_not_rescued()
    {
        _group.AddMember();
        _group.AdvanceSeconds(4);
        _group.HoldWrites = true;
        _group.SyncAsLeader();
        _group.AdvanceSeconds(2);
        Assert.Equal(1, _group.WritesHeld);
        _group.EndWrite();
        Assert.Equal(RebalanceOutcome.AssignedByLeader, _group.Group.History.Current!.Outcome);
    }

    [Fact]
    public void The_clock_of_an_older_generation_fires_nothing()
    {
        var leader = _group.AddMember();
        _group.AdvanceSeconds(3);
        _group.Send(_group.Rejoin(leader, [GroupDriver.Protocol("range", "u")]));
        Assert.Equal(2, _group.Group.Generation);
        _group.AdvanceSeconds(4.9);
        Assert.Equal(ClassicGroupPhase.CompletingRebalance, _group.Group.Phase);
        _group.AdvanceSeconds(0.1);
        Assert.Equal((ClassicGroupPhase.Stable, 2), (_group.Group.Phase, _group.Group.Generation));
    }

    [Fact]
    public void The_clock_starts_when_members_are_told_of_the_generation()
    {
        _group.HoldWrites = true;
        _group.Send(_group.NewJoin());
        _group.AdvanceSeconds(60);
        Assert.Equal(1, _group.WritesHeld);
        _group.EndWrite();
        _group.AdvanceSeconds(4.9);
        Assert.Equal(0, _group.WritesHeld);
        _group.AdvanceSeconds(0.1);
        Assert.Equal(1, _group.WritesHeld);
    }

    [Fact]
    public void A_rescued_leader_that_stays_silent_ends_by_its_session()
    {
        var leader = _group.AddMember();
        var follower = _group.AddMember();
        _group.Sync(follower);
        _group.AdvanceWithHeartbeats(10, follower);
        Assert.False(_group.Group.Members.Contains(leader));
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Heartbeat(follower));
    }

    [Fact]
    public void A_rescued_leader_that_heartbeats_and_never_syncs_is_removed_when_the_rebalance_timeout_ends()
    {
        var leader = _group.AddMember();
        var follower = _group.AddMember();
        _group.Sync(follower);
        _group.AdvanceWithHeartbeats(59, follower, leader);
        Assert.True(_group.Group.Members.Contains(leader));
        _group.AdvanceWithHeartbeats(1, follower, leader);
        Assert.False(_group.Group.Members.Contains(leader));
    }

    [Theory]
    [InlineData("consumer", "my-assignor")]
    [InlineData("connect", "range")]
    [InlineData("stream", "range")]
    public void What_the_server_does_not_compute_exactly_it_does_not_compute_at_all(string type, string protocol)
    {
        Lead(type, protocol);
        var follower = _group.Group.Members.All.First(member => member.MemberId != _group.Group.Leader).MemberId;
        var waiting = _group.Sync(follower);
        _group.AdvanceWithHeartbeats(59, _group.Group.Leader!);
        Assert.True(_group.IsParked(waiting));
        Assert.Equal(2, _group.Group.Members.Count);
        Assert.Single(_group.Notices, notice => notice.Kind == GroupNoticeKind.LeaderSilent && notice.MemberId == _group.Group.Leader);
        Assert.Contains(_group.Group.History.Current!.Notes, note => note.Contains("sent no SyncGroup", StringComparison.Ordinal));
        _group.AdvanceWithHeartbeats(1, _group.Group.Leader!);
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Answered<SyncAnswer>(waiting).Error);
        Assert.Equal(follower, Assert.Single(_group.Group.Members.All).MemberId);
    }

    [Fact]
    public void Subscriptions_that_cannot_be_read_are_not_rescued()
    {
        _group.Send(_group.NewJoin(protocols: [new GroupProtocol("range", new byte[] { 0 })]));
        _group.AdvanceSeconds(5);
        Assert.Equal(ClassicGroupPhase.CompletingRebalance, _group.Group.Phase);
        Assert.Single(_group.Notices, notice => notice.Kind == GroupNoticeKind.LeaderSilent);
    }

    [Fact]
    public void An_operator_can_have_the_silent_leader_removed_alone()
    {
        _group.Settings = _group.Settings with { RescueEvict = TimeSpan.FromSeconds(20) };
        Lead("connect", "compatible");
        var leader = _group.Group.Leader!;
        var follower = _group.Group.Members.All.First(member => member.MemberId != leader).MemberId;
        var waiting = _group.Sync(follower);
        _group.AdvanceWithHeartbeats(20, leader);
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Answered<SyncAnswer>(waiting).Error);
        Assert.Equal(follower, Assert.Single(_group.Group.Members.All).MemberId);
        Assert.Single(_group.Notices, notice => notice.Kind == GroupNoticeKind.LeaderEvicted && notice.MemberId == leader);
    }

    [Fact]
    public void Zero_turns_the_rescue_off()
    {
        _group.Settings = _group.Settings with { Rescue = TimeSpan.Zero };
        var leader = _group.AddMember();
        _group.AdvanceWithHeartbeats(59, leader);
        Assert.Equal(ClassicGroupPhase.CompletingRebalance, _group.Group.Phase);
    }

    [Fact]
    public void A_rescue_that_cannot_be_stored_is_an_error_for_all_and_a_rebalance()
    {
        _group.AddMember();
        var follower = _group.Sync(_group.AddMember());
        _group.FailWrites = true;
        _group.AdvanceSeconds(5);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, _group.Answered<SyncAnswer>(follower).Error);
        Assert.Equal(ClassicGroupPhase.PreparingRebalance, _group.Group.Phase);
    }

    [Fact]
    public void A_rescue_is_told_with_everything_that_finds_the_process()
    {
        var leader = _group.AddMember();
        _group.AdvanceSeconds(5);
        var notice = Assert.Single(_group.Notices, notice => notice.Kind == GroupNoticeKind.LeaderRescued);
        Assert.Equal(("g", 1, leader, GroupDriver.Client), (notice.GroupId, notice.Generation, notice.MemberId, notice.Client));
    }

    private void Lead(string type, string protocol)
    {
        ImmutableArray<GroupProtocol> protocols = [GroupDriver.Protocol(protocol, "t")];
        var first = _group.Join(_group.NewJoin(protocols: protocols) with { ProtocolType = type }).MemberId;
        _group.Send(_group.NewJoin(protocols: protocols) with { ProtocolType = type });
        _group.Send(_group.Rejoin(first, protocols) with { ProtocolType = type });
        Assert.Equal(ClassicGroupPhase.CompletingRebalance, _group.Group.Phase);
    }

    private void AssertEachPartitionHasOneOwner(int partitions)
    {
        var owned = _group.Group.Members.All.SelectMany(member => AssignmentReader.Partitions(member.Assignment)).ToList();
        Assert.Equal(partitions, owned.Count);
        Assert.Equal(partitions, owned.Distinct().Count());
    }
}

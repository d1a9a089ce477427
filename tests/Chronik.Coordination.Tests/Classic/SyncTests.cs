using System.Text;
using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Protocol;

namespace Chronik.Coordination.Tests.Classic;

public class SyncTests
{
    private readonly GroupDriver _group = new();

    [Fact]
    public void An_unknown_group_knows_no_members() => Assert.Equal(ErrorCode.UnknownMemberId, SyncError("a", 1));

    [Fact]
    public void While_members_join_a_sync_is_told_so()
    {
        var members = _group.StableGroup(2);
        _group.Send(_group.Rejoin(members[0]));
        Assert.Equal(ErrorCode.RebalanceInProgress, SyncError(members[1], 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(-1)]
    public void Another_generation_is_illegal(int generation)
    {
        var members = _group.StableGroup(2);
        Assert.Equal(2, _group.Group.Generation);
        Assert.Equal(ErrorCode.IllegalGeneration, SyncError(members[1], generation));
    }

    [Theory]
    [InlineData("connect", "range")]
    [InlineData("consumer", "sticky")]
    public void Another_protocol_type_or_name_is_inconsistent(string type, string name)
    {
        var member = _group.AddMember();
        var request = _group.Send(new SyncCommand(_group.NextRequest()) { MemberId = member, Generation = 1, ProtocolType = type, ProtocolName = name });
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _group.Answered<SyncAnswer>(request).Error);
    }

    [Fact]
    public void A_follower_waits_for_the_leader_and_gets_what_that_assigned()
    {
        _group.AddMember();
        var follower = _group.AddMember();
        var waiting = _group.Sync(follower);
        Assert.True(_group.IsParked(waiting));
        var leading = _group.SyncAsLeader();
        var answer = _group.Answered<SyncAnswer>(waiting);
        Assert.Equal((ErrorCode.None, follower, "consumer", "range"), (answer.Error, Text(answer), answer.ProtocolType, answer.ProtocolName));
        Assert.Equal(_group.Group.Leader, Text(_group.Answered<SyncAnswer>(leading)));
        Assert.Equal(ClassicGroupPhase.Stable, _group.Group.Phase);
    }

    [Fact]
    public void After_the_leader_a_sync_is_answered_with_what_is_stored()
    {
        _group.AddMember();
        var follower = _group.AddMember();
        _group.SyncAsLeader();
        Assert.Equal(follower, Text(_group.Answered<SyncAnswer>(_group.Sync(follower))));
        Assert.Equal(follower, Text(_group.Answered<SyncAnswer>(_group.Sync(follower))));
    }

    [Fact]
    public void A_member_that_the_leader_left_out_gets_an_empty_assignment()
    {
        var leader = _group.AddMember();
        var follower = _group.AddMember();
        _group.Send(new SyncCommand(_group.NextRequest())
        {
            MemberId = leader,
            Generation = 2,
            Assignments = [KeyValuePair.Create<string, ReadOnlyMemory<byte>>(leader, new byte[] { 1 }), KeyValuePair.Create<string, ReadOnlyMemory<byte>>("stranger", new byte[] { 2 })],
        });
        var answer = _group.Answered<SyncAnswer>(_group.Sync(follower));
        Assert.Equal((ErrorCode.None, 0), (answer.Error, answer.Assignment.Length));
    }

    [Fact]
    public void Nobody_gets_an_assignment_before_it_is_stored()
    {
        _group.AddMember();
        var follower = _group.Sync(_group.AddMember());
        _group.HoldWrites = true;
        var leader = _group.SyncAsLeader();
        Assert.True(_group.IsParked(follower));
        Assert.True(_group.IsParked(leader));
        Assert.Equal(ClassicGroupPhase.CompletingRebalance, _group.Group.Phase);
        _group.EndWrite();
        Assert.Equal(ErrorCode.None, _group.Answered<SyncAnswer>(follower).Error);
    }

    [Fact]
    public void An_assignment_stored_after_the_next_rebalance_began_is_given_to_nobody()
    {
        _group.AddMember();
        var follower = _group.Sync(_group.AddMember());
        _group.HoldWrites = true;
        var leader = _group.SyncAsLeader();
        _group.Send(_group.NewJoin());
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Answered<SyncAnswer>(follower).Error);
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Answered<SyncAnswer>(leader).Error);
        _group.EndWrite();
        Assert.Equal(ClassicGroupPhase.PreparingRebalance, _group.Group.Phase);
    }

    [Fact]
    public void An_assignment_of_an_older_generation_does_not_end_a_younger()
    {
        var members = new[] { _group.AddMember(), _group.AddMember() };
        _group.HoldWrites = true;
        _group.SyncAsLeader();
        foreach (var member in members)
            _group.Send(_group.Rejoin(member, [GroupDriver.Protocol("range", "t", "u")]));
        _group.EndWrite();
        Assert.Equal((ClassicGroupPhase.CompletingRebalance, 3), (_group.Group.Phase, _group.Group.Generation));
    }

    [Fact]
    public void An_assignment_that_cannot_be_stored_is_an_error_for_all_and_a_rebalance()
    {
        _group.AddMember();
        var follower = _group.Sync(_group.AddMember());
        _group.HoldWrites = true;
        var leader = _group.SyncAsLeader();
        _group.EndWrite(succeeds: false);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, _group.Answered<SyncAnswer>(follower).Error);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, _group.Answered<SyncAnswer>(leader).Error);
        Assert.Equal(ClassicGroupPhase.PreparingRebalance, _group.Group.Phase);
        Assert.All(_group.Group.Members.All, member => Assert.Equal(0, member.Assignment.Length));
    }

    [Fact]
    public void A_sync_sent_again_answers_the_first_and_parks_the_second()
    {
        _group.AddMember();
        var follower = _group.AddMember();
        var first = _group.Sync(follower);
        var second = _group.Sync(follower);
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Answered<SyncAnswer>(first).Error);
        _group.SyncAsLeader();
        Assert.Equal(ErrorCode.None, _group.Answered<SyncAnswer>(second).Error);
    }

    [Fact]
    public void A_parked_sync_keeps_its_session_and_a_new_one_begins_with_the_answer()
    {
        _group.Settings = _group.Settings with { Rescue = TimeSpan.Zero };
        var leader = _group.AddMember();
        var follower = _group.AddMember();
        var request = _group.Sync(follower);
        _group.AdvanceWithHeartbeats(30, leader);
        _group.SyncAsLeader();
        Assert.Equal(ErrorCode.None, _group.Answered<SyncAnswer>(request).Error);
        _group.AdvanceWithHeartbeats(9, leader);
        Assert.True(_group.Group.Members.Contains(follower));
        _group.AdvanceWithHeartbeats(1, leader);
        Assert.False(_group.Group.Members.Contains(follower));
    }

    [Fact]
    public void Members_that_never_sync_are_removed_when_the_rebalance_timeout_ends()
    {
        var leader = _group.AddMember();
        var silent = _group.AddMember();
        _group.SyncAsLeader();
        _group.AdvanceWithHeartbeats(59, leader, silent);
        Assert.Equal(ClassicGroupPhase.Stable, _group.Group.Phase);
        _group.AdvanceWithHeartbeats(1, leader);
        Assert.Equal(ClassicGroupPhase.PreparingRebalance, _group.Group.Phase);
        Assert.Equal(leader, Assert.Single(_group.Group.Members.All).MemberId);
        Assert.Equal(3, _group.Join(_group.Rejoin(leader)).Generation);
    }

    [Fact]
    public void A_group_in_which_all_have_synced_is_left_alone_at_the_deadline()
    {
        var members = _group.StableGroup(2);
        _group.AdvanceWithHeartbeats(120, [.. members]);
        Assert.Equal((ClassicGroupPhase.Stable, 2), (_group.Group.Phase, _group.Group.Generation));
    }

    [Fact]
    public void A_follower_whose_connection_breaks_while_it_waits_has_its_session_running_again()
    {
        _group.Settings = _group.Settings with { Rescue = TimeSpan.Zero };
        var leader = _group.AddMember();
        var follower = _group.AddMember();
        var request = _group.Sync(follower);
        _group.Run(new AbandonCommand(request));
        _group.AdvanceWithHeartbeats(10, leader);
        Assert.False(_group.Group.Members.Contains(follower));
    }

    private ErrorCode SyncError(string memberId, int generation) => _group.Answered<SyncAnswer>(_group.Sync(memberId, generation)).Error;

    private static string Text(SyncAnswer answer) => Encoding.UTF8.GetString(answer.Assignment.Span);
}

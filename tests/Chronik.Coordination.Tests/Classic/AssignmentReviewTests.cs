using System.Collections.Immutable;
using Chronik.Coordination.Assignors;
using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Classic.History;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Coordination.Tests.Classic;

/// <summary>A leader that does not know a topic yet assigns it to nobody: kafka-python does, when its metadata come late.</summary>
public sealed class AssignmentReviewTests
{
    private readonly GroupDriver _group = new();

    [Fact]
    public void A_leader_that_gives_a_topic_to_nobody_is_asked_again_when_it_has_had_time_to_learn_of_it()
    {
        var leader = _group.AddMember();
        var refused = LeaderAssigns();
        _group.AdvanceSeconds(0.099);
        Assert.True(_group.IsParked(refused));
        _group.AdvanceSeconds(0.001);
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Answered<SyncAnswer>(refused).Error);
        Assert.Equal(ClassicGroupPhase.PreparingRebalance, _group.Group.Phase);
        Assert.Equal(RebalanceCause.AssignmentRefused, _group.Group.History.Current!.Cause);
        Assert.Contains(_group.Notices, notice => notice.Kind == GroupNoticeKind.AssignmentRefused && notice.MemberId == leader);

        Assert.Equal(ErrorCode.None, _group.Join(_group.Rejoin(leader)).Error);
        Assert.Equal(ErrorCode.None, _group.Answered<SyncAnswer>(LeaderAssigns((leader, ["t:0", "t:1", "t:2"]))).Error);
        Assert.Equal(ClassicGroupPhase.Stable, _group.Group.Phase);
        Assert.Equal(RebalanceOutcome.AssignedByLeader, _group.Group.History.Current!.Outcome);
        Assert.Equal(0, _group.Group.AssignmentsRefused);
    }

    [Fact]
    public void Followers_that_wait_rejoin_as_well_and_get_what_the_leader_then_assigns()
    {
        var leader = _group.AddMember();
        var follower = _group.AddMember();
        var waiting = _group.Sync(follower);
        AssertRefused(LeaderAssigns());
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Answered<SyncAnswer>(waiting).Error);

        var rejoined = _group.Send(_group.Rejoin(follower));
        _group.Join(_group.Rejoin(leader));
        Assert.Equal(ErrorCode.None, _group.Answered<JoinAnswer>(rejoined).Error);
        waiting = _group.Sync(follower);
        LeaderAssigns((leader, ["t:0", "t:1"]), (follower, ["t:2"]));
        Assert.Equal([new TopicPartition("t", 2)], AssignmentReader.Partitions(_group.Answered<SyncAnswer>(waiting).Assignment));
    }

    [Fact]
    public void A_leader_that_goes_on_forgetting_is_stood_in_for()
    {
        var leader = _group.AddMember();
        for (var ask = 0; ask < AssignmentReview.AsksMax; ask++)
        {
            AssertRefused(LeaderAssigns());
            _group.Join(_group.Rejoin(leader));
        }

        var answer = _group.Answered<SyncAnswer>(LeaderAssigns());
        Assert.Equal(ErrorCode.None, answer.Error);
        Assert.Equal(3, AssignmentReader.Partitions(answer.Assignment).Count);
        Assert.Equal(RebalanceOutcome.AssignedByServer, _group.Group.History.Current!.Outcome);
        Assert.Contains(_group.Notices, notice => notice.Kind == GroupNoticeKind.LeaderRescued);
        Assert.Equal(0, _group.Group.AssignmentsRefused);
    }

    [Fact]
    public void One_topic_of_two_that_is_forgotten_is_enough()
    {
        _group.Topics["u"] = 1;
        var leader = _group.AddMember(protocols: [GroupDriver.Protocol("range", "t", "u")]);
        AssertRefused(LeaderAssigns((leader, ["t:0", "t:1", "t:2"])));
        Assert.Contains("topic u", _group.Group.History.Current!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_partition_that_is_not_assigned_although_its_topic_is_known_is_the_leaders_business()
    {
        var leader = _group.AddMember();
        Assert.Equal(ErrorCode.None, _group.Answered<SyncAnswer>(LeaderAssigns((leader, ["t:0"]))).Error);
    }

    [Fact]
    public void A_topic_that_does_not_exist_is_not_missed()
    {
        _group.AddMember(protocols: [GroupDriver.Protocol("range", "nowhere")]);
        Assert.Equal(ErrorCode.None, _group.Answered<SyncAnswer>(LeaderAssigns()).Error);
    }

    [Fact]
    public void A_topic_that_moves_cooperatively_is_rightly_left_out_for_a_round()
    {
        _group.Topics["t"] = 1;
        var subscription = new ConsumerProtocolSubscription { Topics = ["t"] };
        subscription.OwnedPartitions.Add(new() { Topic = "t", Partitions = [0] });
        _group.AddMember(protocols: [new GroupProtocol("cooperative-sticky", ConsumerProtocol.Write(subscription, 1))]);
        Assert.Equal(ErrorCode.None, _group.Answered<SyncAnswer>(LeaderAssigns()).Error);
    }

    [Fact]
    public void An_assignor_that_only_the_members_know_is_never_doubted()
    {
        _group.AddMember(protocols: [GroupDriver.Protocol("mine", "t")]);
        Assert.Equal(ErrorCode.None, _group.Answered<SyncAnswer>(LeaderAssigns()).Error);
    }

    [Fact]
    public void A_list_without_members_is_taken_as_Kafka_takes_it()
    {
        _group.AddMember();
        Assert.Equal(ErrorCode.None, _group.Answered<SyncAnswer>(LeaderAssigns([])).Error);
    }

    [Fact]
    public void Nobody_is_doubted_where_the_rescue_is_off()
    {
        _group.Settings = GroupSettings.Default with { Rescue = TimeSpan.Zero };
        _group.AddMember();
        Assert.Equal(ErrorCode.None, _group.Answered<SyncAnswer>(LeaderAssigns()).Error);
    }

    [Fact]
    public void A_leader_that_thinks_again_while_it_is_refused_is_taken_at_its_word()
    {
        var leader = _group.AddMember();
        var first = LeaderAssigns();
        Assert.Equal(ErrorCode.None, _group.Answered<SyncAnswer>(LeaderAssigns((leader, ["t:0", "t:1", "t:2"]))).Error);
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Answered<SyncAnswer>(first).Error);
        _group.AdvanceSeconds(1);
        Assert.Equal(ClassicGroupPhase.Stable, _group.Group.Phase);
    }

    private void AssertRefused(RequestId request)
    {
        _group.AdvanceSeconds(AssignmentReview.AskAgainAfter.TotalSeconds);
        Assert.Equal(ErrorCode.RebalanceInProgress, _group.Answered<SyncAnswer>(request).Error);
    }

    private RequestId LeaderAssigns() => LeaderAssigns((_group.Group.Leader!, []));

    private RequestId LeaderAssigns(params (string Member, string[] Partitions)[] parts) => _group.Send(new SyncCommand(_group.NextRequest())
    {
        MemberId = _group.Group.Leader!,
        Generation = _group.Group.Generation,
        Assignments = [.. parts.Select(static part => KeyValuePair.Create(part.Member, SubscriptionCodec.WriteAssignment([.. part.Partitions.Select(Parse)])))],
    });

    private static TopicPartition Parse(string partition) =>
        new(partition[..partition.IndexOf(':', StringComparison.Ordinal)], int.Parse(partition.AsSpan(partition.IndexOf(':', StringComparison.Ordinal) + 1)));
}

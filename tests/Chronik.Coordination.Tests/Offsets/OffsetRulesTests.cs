using System.Collections.Immutable;
using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Offsets;
using Chronik.Coordination.Tests.Classic;
using Chronik.Protocol;

namespace Chronik.Coordination.Tests.Offsets;

public class OffsetRulesTests
{
    private static readonly TopicPartition T0 = new("t", 0);
    private static readonly TopicPartition U0 = new("u", 0);
    private readonly GroupDriver _group = new();
    private readonly GroupOffsets _offsets = new();
    private readonly OffsetSettings _settings = new() { Retention = TimeSpan.FromMinutes(10) };

    [Theory]
    [InlineData(4096, ErrorCode.None)]
    [InlineData(4097, ErrorCode.OffsetMetadataTooLarge)]
    public void Words_longer_than_the_bound_are_refused(int length, ErrorCode error)
    {
        Assert.Equal(error, OffsetRules.CheckCommit(new string('x', length), _settings));
        Assert.Equal(ErrorCode.None, OffsetRules.CheckCommit(null, _settings));
    }

    [Fact]
    public void What_was_committed_last_is_fetched_also_where_it_is_smaller()
    {
        Commit(T0, 20);
        _offsets.Commit(T0, new CommittedOffset(10, 3, null, _group.Now.Wall));
        Assert.Equal(new FetchedOffset(10, 3, "", ErrorCode.None), OffsetRules.Fetch(_offsets, T0, requireStable: true));
    }

    [Fact]
    public void Nothing_committed_is_minus_one_without_an_error()
    {
        Assert.Equal(new FetchedOffset(-1, -1, "", ErrorCode.None), OffsetRules.Fetch(_offsets, T0, requireStable: false));
        Assert.Equal(new FetchedOffset(-1, -1, "", ErrorCode.None), OffsetRules.Fetch(null, T0, requireStable: true));
    }

    [Fact]
    public void While_a_transaction_is_open_stable_offsets_have_to_be_waited_for()
    {
        Commit(T0, 5);
        _offsets.AddPending(7, T0, Committed(9));
        _offsets.AddPending(7, U0, Committed(1));
        Assert.Equal(ErrorCode.UnstableOffsetCommit, OffsetRules.Fetch(_offsets, T0, requireStable: true).Error);
        Assert.Equal(5, OffsetRules.Fetch(_offsets, T0, requireStable: false).Offset);
        Assert.Equal([T0, U0], OffsetRules.AllOf(_offsets, requireStable: true).Order(Comparer<TopicPartition>.Create((a, b) => string.CompareOrdinal(a.Topic, b.Topic))));
        Assert.Equal([T0], OffsetRules.AllOf(_offsets, requireStable: false));
        _offsets.EndTransaction(7, committed: true);
        Assert.Equal(9, OffsetRules.Fetch(_offsets, T0, requireStable: true).Offset);
    }

    [Fact]
    public void An_aborted_transaction_leaves_what_was_committed_before()
    {
        Commit(T0, 5);
        _offsets.AddPending(7, T0, Committed(9));
        _offsets.AddPending(8, T0, Committed(10));
        _offsets.EndTransaction(7, committed: false);
        Assert.True(_offsets.IsPending(T0));
        _offsets.EndTransaction(8, committed: false);
        Assert.False(_offsets.IsPending(T0));
        Assert.Equal(5, OffsetRules.Fetch(_offsets, T0, requireStable: true).Offset);
    }

    [Fact]
    public void An_empty_groups_offsets_expire_by_when_it_became_empty()
    {
        var member = _group.StableGroup(1)[0];
        Commit(T0, 5);
        _group.AdvanceWithHeartbeats(700, member);
        _group.Leave(new LeavingMember(member, null));
        _group.AdvanceSeconds(599);
        Assert.Empty(Expired());
        _group.AdvanceSeconds(1);
        Assert.Equal([T0], Expired());
    }

    [Fact]
    public void A_stable_group_of_consumers_loses_only_topics_that_nobody_subscribes_to()
    {
        var member = _group.StableGroup(1)[0];
        Commit(T0, 5);
        Commit(U0, 5);
        _group.AdvanceWithHeartbeats(600, member);
        Assert.Equal([U0], Expired());
    }

    [Fact]
    public void A_group_that_rebalances_loses_nothing()
    {
        var members = _group.StableGroup(2);
        Commit(U0, 5);
        _group.AdvanceWithHeartbeats(600, [.. members]);
        _group.Send(_group.Rejoin(members[0]));
        Assert.Equal(ClassicGroupPhase.PreparingRebalance, _group.Group.Phase);
        Assert.Empty(Expired());
    }

    [Fact]
    public void A_live_group_of_another_type_loses_nothing()
    {
        ImmutableArray<GroupProtocol> protocols = [new GroupProtocol("compatible", new byte[] { 1 })];
        _group.Join(_group.NewJoin(protocols: protocols) with { ProtocolType = "connect" });
        _group.SyncAll();
        Commit(U0, 5);
        _group.AdvanceWithHeartbeats(600, _group.Group.Leader!);
        Assert.Equal(ClassicGroupPhase.Stable, _group.Group.Phase);
        Assert.Empty(Expired());
    }

    [Fact]
    public void Without_members_each_offset_expires_by_its_own_age()
    {
        Commit(T0, 5);
        _group.AdvanceSeconds(300);
        Commit(U0, 5);
        _group.AdvanceSeconds(300);
        Assert.Equal([T0], Expired());
    }

    [Fact]
    public void A_client_may_have_said_when_its_offset_expires()
    {
        _offsets.Commit(T0, Committed(5) with { ExpiresAt = _group.Now.Wall.AddSeconds(10) });
        _offsets.Commit(U0, Committed(5) with { ExpiresAt = _group.Now.Wall.AddHours(10) });
        _group.AdvanceSeconds(9);
        Assert.Empty(Expired());
        _group.AdvanceSeconds(3600);
        Assert.Equal([T0], Expired());
    }

    [Fact]
    public void An_offset_that_a_transaction_will_move_does_not_expire()
    {
        Commit(T0, 5);
        _offsets.AddPending(7, T0, Committed(9));
        _group.AdvanceSeconds(601);
        Assert.Empty(Expired());
    }

    [Fact]
    public void A_topic_that_is_gone_takes_its_offsets_with_it()
    {
        Commit(T0, 5);
        Commit(U0, 5);
        _offsets.AddPending(7, T0, Committed(9));
        _offsets.RemoveTopic("t");
        _offsets.EndTransaction(7, committed: true);
        Assert.Equal([U0], _offsets.Committed.Keys);
    }

    [Fact]
    public void Offsets_of_a_topic_in_use_are_not_deleted()
    {
        _group.StableGroup(1);
        var subscribed = Chronik.Coordination.Classic.Subscriptions.ConsumerSubscriptions.TopicsOf(_group.Group);
        Assert.Equal(ErrorCode.None, OffsetRules.CheckDelete(_group.Group));
        Assert.True(OffsetRules.IsSubscribed(subscribed, "t"));
        Assert.False(OffsetRules.IsSubscribed(subscribed, "u"));
    }

    [Fact]
    public void Of_a_live_group_that_is_not_of_consumers_nothing_is_deleted()
    {
        _group.Join(_group.NewJoin() with { ProtocolType = "connect" });
        Assert.Equal(ErrorCode.NonEmptyGroup, OffsetRules.CheckDelete(_group.Group));
    }

    [Fact]
    public void Only_an_empty_group_is_deleted()
    {
        Assert.Equal(ErrorCode.None, OffsetRules.CheckDeleteGroup(_group.Group));
        var member = _group.StableGroup(1)[0];
        Assert.Equal(ErrorCode.NonEmptyGroup, OffsetRules.CheckDeleteGroup(_group.Group));
        _group.Leave(new LeavingMember(member, null));
        Assert.Equal(ErrorCode.None, OffsetRules.CheckDeleteGroup(_group.Group));
    }

    private CommittedOffset Committed(long offset) => new(offset, -1, "m", _group.Now.Wall);

    private void Commit(TopicPartition partition, long offset) => _offsets.Commit(partition, Committed(offset));

    private IReadOnlyList<TopicPartition> Expired() => OffsetRules.Expired(_group.Group, _offsets, _settings, _group.Now.Wall);
}

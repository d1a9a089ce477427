using Chronik.Broker.Groups;
using Chronik.Coordination.Classic;
using Chronik.Coordination.Offsets;
using Chronik.Protocol;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Groups;

public class GroupCoordinatorTests
{
    [Fact]
    public async Task Until_it_is_loaded_requests_are_told_so()
    {
        await using var fixture = await CoordinatorFixture.StartAsync(load: false);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, (await fixture.JoinAsync("g")).Error);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, await fixture.CommitAsync("g", 1));
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, await fixture.Coordinator.DeleteGroupAsync("g"));
        await fixture.Coordinator.LoadAsync(fixture.Catalog.Snapshot());
        Assert.Equal(ErrorCode.None, (await fixture.JoinAsync("g")).Error);
    }

    [Fact]
    public async Task Groups_and_offsets_are_there_after_a_restart()
    {
        var catalog = new FakeCatalog();
        await using var before = await CoordinatorFixture.StartAsync(catalog);
        var member = await before.StableAsync("g");
        Assert.Equal(ErrorCode.None, await before.CommitAsync("g", 42, member: member));
        Assert.Equal(ErrorCode.None, await before.CommitAsync("names-only", 7));

        await using var after = await CoordinatorFixture.StartAsync(catalog);
        Assert.Equal(ErrorCode.None, await after.HeartbeatAsync("g", member.MemberId, member.Generation));
        Assert.Equal(new byte[] { 1 }, (await after.SyncAsync("g", member)).Assignment.ToArray());
        Assert.Equal((42L, 7L), (await after.FetchAsync("g"), await after.FetchAsync("names-only")));
    }

    [Fact]
    public async Task Nothing_is_told_before_it_is_durable()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        fixture.Catalog.HeldGroups.Add("g");
        var join = fixture.JoinAsync("g");
        await Eventually.True(() => fixture.Catalog.Held == 1);
        Assert.False(join.IsCompleted);
        fixture.Catalog.Release();
        Assert.Equal(ErrorCode.None, (await join).Error);
    }

    [Fact]
    public async Task A_slow_commit_of_one_group_stops_no_other()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        fixture.Catalog.HeldGroups.Add("slow");
        var slow = fixture.JoinAsync("slow");
        await Eventually.True(() => fixture.Catalog.Held == 1);
        for (var i = 0; i < 50; i++)
            await fixture.StableAsync($"quick-{i}");
        Assert.False(slow.IsCompleted);
        fixture.Catalog.Release();
        await slow;
    }

    [Fact]
    public async Task A_commit_is_not_read_before_it_is_durable()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        Assert.Equal(ErrorCode.None, await fixture.CommitAsync("g", 1));
        fixture.Catalog.HeldGroups.Add("g");
        var commit = fixture.CommitAsync("g", 2);
        await Eventually.True(() => fixture.Catalog.Held == 1);
        Assert.Equal(1, await fixture.FetchAsync("g"));
        fixture.Catalog.Release();
        Assert.Equal(ErrorCode.None, await commit);
        Assert.Equal(2, await fixture.FetchAsync("g"));
    }

    [Fact]
    public async Task What_gathers_while_a_write_is_under_way_becomes_one_write()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        fixture.Catalog.HeldGroups.Add("g");
        var first = fixture.CommitAsync("g", 0);
        await Eventually.True(() => fixture.Catalog.Held == 1);
        var others = Enumerable.Range(1, 99).Select(offset => fixture.CommitAsync("g", offset)).ToList();
        await fixture.GroupAsync("g");
        fixture.Catalog.HeldGroups.Clear();
        fixture.Catalog.Release();
        Assert.All(await Task.WhenAll(others.Append(first)), error => Assert.Equal(ErrorCode.None, error));
        Assert.Equal(2, fixture.Catalog.Writes);
        Assert.Equal(99, await fixture.FetchAsync("g"));
    }

    [Fact]
    public async Task A_catalog_that_refuses_is_an_error_for_the_client_and_nothing_is_taken_over()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        fixture.Catalog.Refuses = true;
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await fixture.JoinAsync("g")).Error);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await fixture.CommitAsync("h", 1));
        Assert.Null(await fixture.GroupAsync("h"));
        fixture.Catalog.Refuses = false;
        Assert.Equal(-1, await fixture.FetchAsync("h"));
        Assert.Equal(ErrorCode.None, (await fixture.JoinAsync("g")).Error);
    }

    [Fact]
    public async Task Timers_ring_through_the_clock()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        var leader = await fixture.JoinAsync("g");
        var follower = fixture.JoinAsync("g");
        await fixture.GroupAsync("g");
        var again = fixture.JoinAsync("g", leader.MemberId);
        var second = await follower;
        await again;
        var waiting = fixture.SyncAsync("g", second);
        await fixture.GroupAsync("g");
        fixture.Time.Advance(TimeSpan.FromSeconds(4.9));
        await fixture.GroupAsync("g");
        Assert.False(waiting.IsCompleted);
        fixture.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(ErrorCode.None, (await waiting).Error);
        Assert.Equal(1, fixture.Coordinator.Counters[GroupNoticeKind.LeaderRescued]);
    }

    [Fact]
    public async Task A_client_that_hangs_up_while_its_first_join_is_parked_is_not_waited_for()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        var leader = await fixture.StableAsync("g");
        using var connection = new CancellationTokenSource();
        var ghost = fixture.JoinAsync("g", closed: connection.Token);
        Assert.Equal(2, (await fixture.GroupAsync("g"))!.Members.Count);
        await connection.CancelAsync();
        await ghost;
        var again = await fixture.JoinAsync("g", leader.MemberId);
        Assert.Single(again.Members);
    }

    [Fact]
    public async Task Only_members_commit_in_a_live_group_and_only_their_generation()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        var member = await fixture.StableAsync("g");
        Assert.Equal(ErrorCode.UnknownMemberId, await fixture.CommitAsync("g", 1));
        Assert.Equal(ErrorCode.IllegalGeneration, await fixture.CommitAsync("g", 1, member: member with { Generation = 9 }));
        Assert.Equal(ErrorCode.IllegalGeneration, await fixture.CommitAsync("unknown", 1, member: member));
        Assert.Equal(-1, await fixture.FetchAsync("g"));
    }

    [Fact]
    public async Task A_deleted_topic_takes_its_offsets_with_it()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        await fixture.CommitAsync("g", 1);
        await fixture.CommitAsync("g", 2, "u");
        fixture.Topics.Remove("t");
        fixture.Coordinator.OnTopicDeleted("t");
        Assert.Equal((-1L, 2L), (await fixture.FetchAsync("g"), await fixture.FetchAsync("g", "u")));
    }

    [Fact]
    public async Task A_commit_that_ends_after_its_topic_was_deleted_is_not_for_a_later_one_of_its_name()
    {
        var (old, another) = (new TopicId(Guid.NewGuid()), new TopicId(Guid.NewGuid()));
        await using var fixture = await CoordinatorFixture.StartAsync();
        fixture.TopicIds["t"] = old;
        fixture.Catalog.HeldGroups.Add("g");
        var commit = fixture.CommitAsync("g", 1);
        await Eventually.True(() => fixture.Catalog.Held == 1);
        fixture.Catalog.DeletedTopics.Add(old);
        fixture.Coordinator.OnTopicDeleted("t");
        fixture.TopicIds["t"] = another;
        fixture.Catalog.HeldGroups.Clear();
        fixture.Catalog.Release();
        await commit;
        Assert.Empty(fixture.Catalog.Snapshot().Offsets);
        Assert.Equal(-1, await fixture.FetchAsync("g"));
    }

    [Fact]
    public async Task A_commit_for_a_deleted_topic_does_not_take_the_one_that_was_stored_with_it_along()
    {
        var (old, another) = (new TopicId(Guid.NewGuid()), new TopicId(Guid.NewGuid()));
        await using var fixture = await CoordinatorFixture.StartAsync();
        fixture.TopicIds["t"] = old;
        fixture.Catalog.HeldGroups.Add("g");
        var first = fixture.CommitAsync("g", 1);
        await Eventually.True(() => fixture.Catalog.Held == 1);

        // These two wait for it, and become one write.
        var gone = fixture.CommitAsync("g", 2);
        var kept = fixture.CommitAsync("g", 3, "u");
        await fixture.GroupAsync("g");
        fixture.Catalog.DeletedTopics.Add(old);
        fixture.Coordinator.OnTopicDeleted("t");
        fixture.TopicIds["t"] = another;
        fixture.Catalog.HeldGroups.Clear();
        fixture.Catalog.Release();
        await Task.WhenAll(first, gone, kept);
        Assert.Equal((-1L, 3L), (await fixture.FetchAsync("g"), await fixture.FetchAsync("g", "u")));
    }

    [Fact]
    public async Task Offsets_expire_by_the_clock_and_the_empty_group_goes_with_the_last()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        fixture.Options = fixture.Options with { Offsets = () => new OffsetSettings { Retention = TimeSpan.FromMinutes(30) } };
        var member = await fixture.StableAsync("g");
        await fixture.CommitAsync("g", 1, member: member);
        await fixture.LeaveAsync("g", member.MemberId);
        fixture.Time.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(1, await fixture.FetchAsync("g"));
        fixture.Time.Advance(TimeSpan.FromMinutes(11));
        await Eventually.True(() => fixture.Catalog.Snapshot().Offsets.Count == 0);
        fixture.Time.Advance(TimeSpan.FromMinutes(10));
        await Eventually.True(() => fixture.Catalog.Snapshot().Groups.Count == 0);
        Assert.Null(await fixture.GroupAsync("g"));
    }

    [Fact]
    public async Task A_group_is_deleted_with_its_offsets_and_only_when_it_is_empty()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        Assert.Equal(ErrorCode.GroupIdNotFound, await fixture.Coordinator.DeleteGroupAsync("g"));
        var member = await fixture.StableAsync("g");
        await fixture.CommitAsync("g", 1, member: member);
        Assert.Equal(ErrorCode.NonEmptyGroup, await fixture.Coordinator.DeleteGroupAsync("g"));
        await fixture.LeaveAsync("g", member.MemberId);
        Assert.Equal(ErrorCode.None, await fixture.Coordinator.DeleteGroupAsync("g"));
        Assert.Empty(fixture.Catalog.Snapshot().Groups);
        Assert.Equal(-1, await fixture.FetchAsync("g"));
        Assert.Equal(1, (await fixture.JoinAsync("g")).Generation);
    }

    [Fact]
    public async Task A_group_whose_deletion_is_refused_is_as_it_was()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        await fixture.CommitAsync("g", 1);
        fixture.Catalog.Refuses = true;
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await fixture.Coordinator.DeleteGroupAsync("g"));
        fixture.Catalog.Refuses = false;
        Assert.Equal(1, await fixture.FetchAsync("g"));
        Assert.Equal(ErrorCode.None, (await fixture.JoinAsync("g")).Error);
    }

    [Fact]
    public async Task While_a_group_is_being_deleted_clients_look_for_their_coordinator_again()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        await fixture.CommitAsync("g", 1);
        fixture.Catalog.HeldGroups.Add("g");
        var deletion = fixture.Coordinator.DeleteGroupAsync("g");
        await Eventually.True(() => fixture.Catalog.Held == 1);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await fixture.JoinAsync("g")).Error);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await fixture.CommitAsync("g", 2));
        fixture.Catalog.HeldGroups.Clear();
        fixture.Catalog.Release();
        Assert.Equal(ErrorCode.None, await deletion);
    }

    [Fact]
    public async Task Offsets_of_topics_in_use_are_not_deleted()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        var member = await fixture.StableAsync("g");
        await fixture.CommitAsync("g", 1, member: member);
        await fixture.CommitAsync("g", 2, "u", member);
        var deletion = await fixture.Coordinator.DeleteOffsetsAsync("g", [new("t", 0), new("u", 0), new("u", 9)]);
        Assert.Equal(ErrorCode.None, deletion.Error);
        Assert.Equal(
            [ErrorCode.GroupSubscribedToTopic, ErrorCode.None, ErrorCode.None],
            new[] { new TopicPartition("t", 0), new("u", 0), new("u", 9) }.Select(partition => deletion.Partitions[partition]));
        Assert.Equal((1L, -1L), (await fixture.FetchAsync("g"), await fixture.FetchAsync("g", "u")));
        Assert.Equal(ErrorCode.GroupIdNotFound, (await fixture.Coordinator.DeleteOffsetsAsync("unknown", [])).Error);
    }

    [Fact]
    public async Task A_stop_answers_all_that_is_parked()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        await fixture.StableAsync("g");
        var parked = fixture.JoinAsync("g");
        await fixture.GroupAsync("g");
        await fixture.Coordinator.StopAsync();
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await parked).Error);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await fixture.JoinAsync("g")).Error);
    }

    [Fact]
    public async Task Groups_that_nobody_joined_leave_no_trace()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        for (var i = 0; i < 100; i++)
            Assert.Equal(ErrorCode.UnknownMemberId, await fixture.HeartbeatAsync($"g{i}", "a", 1));
        Assert.Empty(await fixture.Coordinator.ListAsync());
        Assert.Equal(0, fixture.Catalog.Writes);
    }

    [Fact]
    public async Task A_thousand_members_join_in_few_writes()
    {
        await using var fixture = await CoordinatorFixture.StartAsync();
        fixture.Catalog.HeldGroups.Add("g");
        var joins = Enumerable.Range(0, 1_000).Select(_ => fixture.JoinAsync("g")).ToList();
        await fixture.GroupAsync("g");
        fixture.Catalog.HeldGroups.Clear();
        fixture.Catalog.Release();
        var answers = await Task.WhenAll(joins);
        Assert.All(answers, answer => Assert.Equal((ErrorCode.None, 2), (answer.Error, answer.Generation)));
        Assert.Equal(2, fixture.Catalog.Writes);
        Assert.Single(answers, answer => answer.Members.Length == 1_000);
    }
}

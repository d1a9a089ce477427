using Chronik.Broker.Configs;
using Chronik.Broker.Topics;
using Chronik.Catalog;
using Chronik.Protocol;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Topics;

public sealed class TopicRegistryTests : IDisposable
{
    private static readonly TopicId s_another = new(new Guid("9c1f0d5e-7b0a-4f6b-8f1e-2d3c4b5a6978"));
    private readonly TemporaryFolder _folder = new();
    private readonly FakeLogStore _logs = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_created_topic_is_found_by_name_and_by_id_with_all_of_its_logs()
    {
        await using var world = await StartAsync();

        var created = (await world.Topics.CreateAsync([new NewTopic("orders", 3)]))[0];

        Assert.True(created.IsDone);
        Assert.True(world.Topics.TryGet("orders", out var byName));
        Assert.True(world.Topics.TryGet(byName.Id, out var byId));
        Assert.Same(byName, byId);
        Assert.Equal(3, byName.PartitionCount);
        Assert.True(byName.TryGetLog(2, out var log));
        Assert.Equal(new TopicPartition("orders", 2), log.TopicPartition);
        Assert.Equal(byName.Id, log.TopicId);
        Assert.False(byName.TryGetLog(3, out _));
        Assert.False(byName.TryGetLog(-1, out _));
    }

    [Fact]
    public async Task Looking_a_topic_up_allocates_nothing()
    {
        await using var world = await StartAsync();
        await world.Topics.CreateAsync([new NewTopic("orders", 3)]);
        Assert.True(world.Topics.TryGet("orders", out var topic));
        var found = 0;

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            if (world.Topics.TryGet("orders", out var byName) && world.Topics.TryGet(topic.Id, out var byId) && byName.TryGetLog(1, out _) && byId.TryGetLog(2, out _))
                found++;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1000, found);
    }

    [Fact]
    public async Task Topics_partitions_and_settings_are_there_after_a_restart()
    {
        TopicId id;
        await using (var world = await StartAsync())
        {
            var configs = new Dictionary<string, string>(StringComparer.Ordinal) { ["retention.ms"] = "1234" };
            id = (await world.Topics.CreateAsync([new NewTopic("orders", 1, configs)]))[0].Topic!.Id;
            await world.Topics.AddPartitionsAsync(id, 4);
            await world.Topics.SetConfigsAsync("orders", [new ConfigSet(new ConfigResource(ConfigResourceKind.Topic, "orders"), "segment.ms", "77")]);
        }

        await using var again = await StartAsync();

        Assert.True(again.Topics.TryGet("orders", out var topic));
        Assert.Equal((id, 4), (topic.Id, topic.PartitionCount));
        Assert.Equal((1234, 77), (topic.Config.Log.RetentionMs, topic.Config.Log.SegmentMs));
        Assert.True(topic.TryGetLog(3, out var log));
        Assert.Equal(1234, log.Config.RetentionMs);
    }

    [Fact]
    public async Task A_topic_whose_logs_were_not_all_made_when_the_broker_died_gets_them_at_the_next_start()
    {
        await using (var world = await StartAsync())
            await world.Catalog.WriteAsync(new TopicCreated(new TopicRow(Id(7), "half", 3)));
        _logs.Add("half", 0, Id(7));

        await using var again = await StartAsync();

        Assert.True(again.Topics.TryGet("half", out var topic));
        Assert.Equal(3, topic.PartitionCount);
        Assert.Equal(["half-0", "half-1", "half-2"], _logs.Names);
    }

    [Fact]
    public async Task A_deletion_that_was_interrupted_ends_at_the_next_start()
    {
        await using (var world = await StartAsync())
        {
            await world.Catalog.WriteAsync(new TopicCreated(new TopicRow(Id(7), "gone", 2)));
            await world.Catalog.WriteAsync(new TopicDeleted(Id(7)));
        }
        _logs.Add("gone", 0, Id(7));
        _logs.Add("gone", 1, Id(7));

        await using (var again = await StartAsync())
            Assert.False(again.Topics.TryGet("gone", out _));
        Assert.Empty(_logs.Names);
        _logs.Add("gone", 0, Id(7));
        await using var third = await StartAsync();
        Assert.True(third.Topics.TryGet("gone", out _));
    }

    [Fact]
    public async Task A_topic_whose_failed_creation_could_not_be_taken_back_can_be_created_again()
    {
        var refused = 0;
        TopicId id;
        await using (var world = await TopicWorld.StartAsync(
            _folder.PathOf("catalog.db"), _logs, wrap: catalog => new RefusingCatalog(catalog, change => change is TopicDeleted && refused++ < 2)))
        {
            _logs.Broken.Add(new TopicPartition("half", 1));
            Assert.Equal(ErrorCode.KafkaStorageError, (await world.Topics.CreateAsync([new NewTopic("half", 2)]))[0].Error);
            _logs.Broken.Clear();

            // The catalog still has its row, and will not give it up.
            var refusal = (await world.Topics.CreateAsync([new NewTopic("half", 2)]))[0];
            Assert.Equal(ErrorCode.KafkaStorageError, refusal.Error);
            Assert.Contains("half", refusal.Message, StringComparison.Ordinal);

            var created = (await world.Topics.CreateAsync([new NewTopic("half", 3)]))[0];
            Assert.True(created.IsDone);
            id = created.Topic.Id;
        }

        await using var again = await StartAsync();
        Assert.True(again.Topics.TryGet("half", out var topic));
        Assert.Equal((id, 3), (topic.Id, topic.PartitionCount));
        Assert.Equal(["half-0", "half-1", "half-2"], _logs.Names);
    }

    [Fact]
    public async Task What_a_failed_creation_left_without_an_identity_is_not_taken_for_a_topic()
    {
        await using (var world = await StartAsync())
        {
            await world.Catalog.WriteAsync(new TopicCreated(new TopicRow(Id(7), "failed", 2)));
            await world.Catalog.WriteAsync(new TopicDeleted(Id(7)));
        }
        _logs.Add("failed", 0, TopicId.None);
        _logs.Add("other", 0, TopicId.None);

        await using var again = await StartAsync();

        Assert.False(again.Topics.TryGet("failed", out _));
        Assert.Equal(["other-0"], _logs.Names);
    }

    [Fact]
    public async Task Files_that_could_not_be_deleted_are_deleted_at_the_next_start()
    {
        await using (var world = await StartAsync())
        {
            var topic = (await world.Topics.CreateAsync([new NewTopic("a", 2)]))[0].Topic!;
            _logs.Broken.Add(new TopicPartition("a", 1));
            Assert.True((await world.Topics.DeleteAsync(topic.Id)).IsDone);
            Assert.False(world.Topics.TryGet("a", out _));
            Assert.Equal(["a-1"], _logs.Names);
        }
        _logs.Broken.Clear();

        await using var again = await StartAsync();

        Assert.False(again.Topics.TryGet("a", out _));
        Assert.Empty(_logs.Names);
    }

    [Fact]
    public async Task A_topic_that_is_made_again_shows_nothing_of_one_whose_files_could_not_be_removed()
    {
        var logs = new FakeLogStore();
        await using var world = await TopicWorld.StartAsync(logs: logs);
        var first = (await world.Topics.CreateAsync([new NewTopic("orders", 3)]))[0].Topic!;
        logs.Broken.Add(new TopicPartition("orders", 1));
        Assert.True((await world.Topics.DeleteAsync(first.Id)).IsDone);
        Assert.Equal(["orders-1"], logs.Names);
        logs.Broken.Clear();

        var second = (await world.Topics.CreateAsync([new NewTopic("orders", 3)]))[0].Topic!;

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(["orders-0", "orders-1", "orders-2"], logs.Names);
        Assert.All(logs.Logs, log => Assert.Equal(second.Id, log.TopicId));
    }

    [Fact]
    public async Task Logs_that_the_catalog_does_not_know_are_taken_in_as_topics_with_their_own_id()
    {
        _logs.Add("from.kafka", 0, Id(5));
        _logs.Add("from.kafka", 2, Id(5));
        _logs.Add("__cluster_metadata", 0, Id(6));
        _logs.Add("__consumer_offsets", 0, Id(8));

        await using (var world = await StartAsync())
        {
            var topic = Assert.Single(world.Topics.Current.Topics);
            Assert.Equal(("from.kafka", Id(5), 3), (topic.Name, topic.Id, topic.PartitionCount));
        }
        await using var again = await StartAsync();
        Assert.Equal(Id(5), Assert.Single(again.Topics.Current.Topics).Id);
    }

    [Fact]
    public async Task What_is_taken_in_without_its_settings_is_kept_for_ever()
    {
        _logs.Add("unknown", 0, Id(5));
        for (var start = 1; start <= 2; start++)
        {
            await using var world = await StartAsync();
            var topic = Assert.Single(world.Topics.Current.Topics);
            Assert.Equal((-1, -1, false), (topic.Config.Log.RetentionMs, topic.Config.Log.RetentionBytes, topic.Config.Log.IsCompacted));
            Assert.True(_logs.TryGet(new TopicPartition("unknown", 0), out var log));
            Assert.Equal(-1, log.Config.RetentionMs);
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(0, false)]
    [InlineData(2, false)]
    public async Task A_log_whose_label_has_one_wrong_character_stays_with_its_topic(int damaged, bool isInCatalog)
    {
        await using (var world = await StartAsync())
        {
            if (isInCatalog)
                await world.Catalog.WriteAsync(new TopicCreated(new TopicRow(Id(1), "a", 3)));
        }

        for (var partition = 0; partition < 3; partition++)
            _logs.Add("a", partition, Id(1));
        Assert.True(TopicId.TryParse($"B{Id(1).ToString()[1..]}", out var wrong));
        _logs.Add("a", damaged, wrong);
        var before = _logs.Logs.Where(log => log.TopicPartition.Partition != damaged).ToHashSet();

        await using var again = await StartAsync();

        Assert.Equal((Id(1), 3), (again.Topics.Current.Topics.Single().Id, again.Topics.Current.Topics.Single().PartitionCount));
        Assert.All(_logs.Logs, static log => Assert.Equal(Id(1), log.TopicId));
        Assert.Subset(_logs.Logs.ToHashSet(), before);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_log_that_says_it_is_of_quite_another_topic_stops_the_start_and_is_not_deleted(bool isInCatalog)
    {
        await using (var world = await StartAsync())
        {
            if (isInCatalog)
                await world.Catalog.WriteAsync(new TopicCreated(new TopicRow(Id(1), "a", 3)));
        }

        _logs.Add("a", 0, Id(1));
        _logs.Add("a", 1, Id(1));
        _logs.Add("a", 2, s_another);

        var e = await Assert.ThrowsAsync<CatalogException>(() => StartAsync());

        Assert.Contains("(a-2)", e.Message, StringComparison.Ordinal);
        Assert.Equal(["a-0", "a-1", "a-2"], _logs.Names);
    }

    [Fact]
    public async Task Logs_of_another_topic_of_the_same_name_stop_the_start()
    {
        await using (var world = await StartAsync())
            await world.Catalog.WriteAsync(new TopicCreated(new TopicRow(Id(1), "a", 1)));
        _logs.Add("a", 0, s_another);

        var e = await Assert.ThrowsAsync<CatalogException>(() => StartAsync());

        Assert.Contains($"carry the topic id {s_another} (a-0), but the catalog has {Id(1)}", e.Message, StringComparison.Ordinal);
        Assert.Equal(["a-0"], _logs.Names);
    }

    [Fact]
    public async Task A_topic_whose_log_cannot_be_made_does_not_come_into_being()
    {
        await using (var world = await StartAsync())
        {
            _logs.Broken.Add(new TopicPartition("a", 1));
            var result = (await world.Topics.CreateAsync([new NewTopic("a", 2), new NewTopic("b", 1)]));
            Assert.Equal((ErrorCode.KafkaStorageError, "No space left for a-1."), (result[0].Error, result[0].Message));
            Assert.True(result[1].IsDone);
            Assert.False(world.Topics.TryGet("a", out _));
        }
        _logs.Broken.Clear();

        await using var again = await StartAsync();

        Assert.Equal("b", Assert.Single(again.Topics.Current.Topics).Name);
        Assert.Equal(["b-0"], _logs.Names);
    }

    [Fact]
    public async Task A_topic_to_which_partitions_could_not_be_added_stays_as_it_was()
    {
        await using (var world = await StartAsync())
        {
            var id = (await world.Topics.CreateAsync([new NewTopic("a", 2)]))[0].Topic!.Id;
            _logs.Broken.Add(new TopicPartition("a", 3));
            var result = await world.Topics.AddPartitionsAsync(id, 5);
            Assert.Equal((ErrorCode.KafkaStorageError, "No space left for a-3."), (result.Error, result.Message));
            Assert.Equal(2, Assert.Single(world.Topics.Current.Topics).PartitionCount);
            Assert.Equal(["a-0", "a-1"], _logs.Names);
        }
        _logs.Broken.Clear();

        await using var again = await StartAsync();

        var topic = Assert.Single(again.Topics.Current.Topics);
        Assert.Equal(2, topic.PartitionCount);
        Assert.Equal(["a-0", "a-1"], _logs.Names);
        Assert.Equal(4, (await again.Topics.AddPartitionsAsync(topic.Id, 4)).Topic!.PartitionCount);
    }

    [Fact]
    public async Task A_deleted_topic_takes_logs_with_it_that_were_left_of_partitions_that_could_not_be_added()
    {
        await using (var world = await StartAsync())
        {
            var topic = (await world.Topics.CreateAsync([new NewTopic("a", 2)]))[0].Topic!;
            _logs.Add("a", 2, topic.Id);
            _logs.Add("a", 3, TopicId.None);
            Assert.True((await world.Topics.DeleteAsync(topic.Id)).IsDone);
        }

        await using var again = await StartAsync();

        Assert.Empty(again.Topics.Current.Topics);
        Assert.Empty(_logs.Names);
    }

    [Fact]
    public async Task A_name_can_be_used_again_and_stands_for_another_topic()
    {
        await using var world = await StartAsync();
        var first = (await world.Topics.CreateAsync([new NewTopic("a", 2)]))[0].Topic!;
        await world.Topics.SetConfigsAsync("a", [new ConfigSet(new ConfigResource(ConfigResourceKind.Topic, "a"), "retention.ms", "1")]);
        await world.Topics.DeleteAsync(first.Id);

        var second = (await world.Topics.CreateAsync([new NewTopic("a", 1)]))[0].Topic!;

        Assert.NotEqual(first.Id, second.Id);
        Assert.False(world.Topics.TryGet(first.Id, out _));
        Assert.Equal(604_800_000, second.Config.Log.RetentionMs);
        Assert.Equal(["a-0"], _logs.Names);
    }

    [Fact]
    public async Task Of_many_who_create_the_same_topic_at_once_one_succeeds()
    {
        await using var world = await StartAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => world.Topics.CreateAsync([new NewTopic("a", 2)])));

        Assert.Single(results, r => r[0].IsDone);
        Assert.All(results.Where(r => !r[0].IsDone), r => Assert.Equal(ErrorCode.TopicAlreadyExists, r[0].Error));
    }

    [Fact]
    public async Task Those_who_listen_hear_of_new_partitions_and_of_deletions()
    {
        await using var world = await StartAsync();
        List<string> heard = [];
        world.Topics.Grown += topic => heard.Add($"{topic.Name} has {topic.PartitionCount}");
        world.Topics.Deleted += topic => heard.Add($"{topic.Name} is gone");

        var topic = (await world.Topics.CreateAsync([new NewTopic("a", 2)]))[0].Topic!;
        await world.Topics.AddPartitionsAsync(topic.Id, 3);
        await world.Topics.DeleteAsync(topic.Id);

        Assert.Equal(["a has 2", "a has 3", "a is gone"], heard);
    }

    private static TopicId Id(int n) => new(new Guid(n, 1, 2, [3, 4, 5, 6, 7, 8, 9, 10]));

    private Task<TopicWorld> StartAsync() => TopicWorld.StartAsync(_folder.PathOf("catalog.db"), _logs);
}

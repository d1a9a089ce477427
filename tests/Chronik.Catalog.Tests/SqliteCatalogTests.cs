using Chronik.Catalog.Sqlite;
using Chronik.Protocol;

namespace Chronik.Catalog.Tests;

public sealed class SqliteCatalogTests : IDisposable
{
    private readonly CatalogFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_new_catalog_is_empty_and_has_a_cluster_id_in_Kafkas_form()
    {
        var snapshot = await _file.ReadAsync();

        Assert.Matches("^[A-Za-z0-9_][A-Za-z0-9_-]{21}$", snapshot.ClusterId);
        Assert.Empty(snapshot.Topics);
        Assert.Empty(snapshot.DeletedTopics);
        Assert.Empty(snapshot.Configs);
        Assert.Empty(snapshot.Groups);
        Assert.Empty(snapshot.Offsets);
        Assert.Equal(0, snapshot.NextProducerId);
    }

    [Fact]
    public async Task The_cluster_id_comes_from_the_random_source_and_stays()
    {
        string first;
        await using (var catalog = _file.New(seed: 7))
            first = (await catalog.LoadAsync()).ClusterId;
        await using (var catalog = _file.New(seed: 8))
            Assert.Equal(first, (await catalog.LoadAsync()).ClusterId);
        await using (var other = new SqliteCatalog(Catalogs.InMemory, new Random(7), TaskScheduler.Default))
            Assert.Equal(first, (await other.LoadAsync()).ClusterId);
    }

    [Fact]
    public async Task Everything_that_was_written_is_there_after_opening_again()
    {
        var topic = new TopicRow(CatalogFile.Id(1), "orders", 3);
        var offset = new CommittedOffsetRow("g", "orders", 2, 41, 5, "note", 1000, -1);
        var plain = new CommittedOffsetRow("g", "orders", 1, long.MaxValue, -1, null, 1001, 2000);
        await using (var catalog = _file.New())
        {
            await catalog.LoadAsync();
            await catalog.WriteAsync(
                new TopicCreated(topic),
                new ConfigSet(new ConfigResource(2, "orders"), "retention.ms", "1"),
                new ConfigSet(new ConfigResource(2, "orders"), "retention.ms", "2"),
                new GroupSaved("g", GroupKind.Classic, new byte[] { 0, 255, 7 }.AsMemory(1)),
                new OffsetCommitted(offset),
                new OffsetCommitted(plain),
                new ProducerIdsTaken(1000));
            await catalog.WriteAsync(new PartitionsAdded(topic.Id, 5));
        }

        var snapshot = await _file.ReadAsync();

        Assert.Equal(topic with { PartitionCount = 5 }, Assert.Single(snapshot.Topics));
        Assert.Equal(new ConfigRow(new ConfigResource(2, "orders"), "retention.ms", "2"), Assert.Single(snapshot.Configs));
        var group = Assert.Single(snapshot.Groups);
        Assert.Equal(("g", GroupKind.Classic), (group.GroupId, group.Kind));
        Assert.Equal([255, 7], group.State.ToArray());
        Assert.Equal([plain, offset], snapshot.Offsets);
        Assert.Equal(1000, snapshot.NextProducerId);
    }

    [Fact]
    public async Task What_a_deleted_topic_leaves_is_its_identity_until_it_is_purged()
    {
        await using (var catalog = _file.New())
        {
            await catalog.LoadAsync();
            await catalog.WriteAsync(
                new TopicCreated(new TopicRow(CatalogFile.Id(1), "a", 1)),
                new TopicCreated(new TopicRow(CatalogFile.Id(2), "b", 2)),
                new ConfigSet(new ConfigResource(2, "a"), "retention.ms", "1"),
                new ConfigSet(new ConfigResource(2, "b"), "retention.ms", "1"),
                new ConfigSet(new ConfigResource(32, "a"), "x", "1"),
                new OffsetCommitted(new CommittedOffsetRow("g", "a", 0, 1, -1, null, 0, -1)),
                new OffsetCommitted(new CommittedOffsetRow("g", "b", 0, 1, -1, null, 0, -1)));
            await catalog.WriteAsync(new TopicDeleted(CatalogFile.Id(1)));
        }
        var deleted = await _file.ReadAsync();
        await using (var catalog = _file.New())
        {
            await catalog.LoadAsync();
            await catalog.WriteAsync(new TopicPurged(CatalogFile.Id(1)));
        }

        Assert.Equal("b", Assert.Single(deleted.Topics).Name);
        Assert.Equal(new TopicRow(CatalogFile.Id(1), "a", 1), Assert.Single(deleted.DeletedTopics));
        Assert.Equal([new ConfigResource(2, "b"), new ConfigResource(32, "a")], deleted.Configs.Select(c => c.Resource));
        Assert.Equal("b", Assert.Single(deleted.Offsets).Topic);
        Assert.Empty((await _file.ReadAsync()).DeletedTopics);
    }

    [Fact]
    public async Task An_offset_is_stored_only_while_the_topic_that_it_was_committed_for_is_there()
    {
        var offset = new CommittedOffsetRow("g", "a", 0, 1, -1, null, 0, -1);
        await using (var catalog = _file.New())
        {
            await catalog.LoadAsync();
            await catalog.WriteAsync(
                new TopicCreated(new TopicRow(CatalogFile.Id(1), "a", 1)),
                new OffsetCommitted(offset) { TopicId = CatalogFile.Id(1) },
                new OffsetCommitted(offset with { Offset = 2 }) { TopicId = CatalogFile.Id(1) },
                new TopicDeleted(CatalogFile.Id(1)),
                new TopicCreated(new TopicRow(CatalogFile.Id(2), "a", 1)),
                new OffsetCommitted(offset) { TopicId = CatalogFile.Id(1) });
            await catalog.WriteAsync(new OffsetCommitted(offset with { Partition = 1, Offset = 7 }) { TopicId = CatalogFile.Id(2) });
        }

        Assert.Equal(offset with { Partition = 1, Offset = 7 }, Assert.Single((await _file.ReadAsync()).Offsets));
    }

    [Fact]
    public async Task Deleting_a_group_an_offset_or_a_config_removes_the_rows()
    {
        await using (var catalog = _file.New())
        {
            await catalog.LoadAsync();
            await catalog.WriteAsync(
                new GroupSaved("g", GroupKind.Classic, new byte[1]),
                new OffsetCommitted(new CommittedOffsetRow("g", "a", 0, 1, -1, null, 0, -1)),
                new OffsetCommitted(new CommittedOffsetRow("h", "a", 0, 1, -1, null, 0, -1)),
                new OffsetCommitted(new CommittedOffsetRow("h", "a", 1, 1, -1, null, 0, -1)),
                new ConfigSet(new ConfigResource(4, ""), "x", "1"));
            await catalog.WriteAsync(
                new GroupDeleted("g"), new OffsetDeleted("h", "a", 0), new ConfigSet(new ConfigResource(4, ""), "x", null));
        }

        var snapshot = await _file.ReadAsync();

        Assert.Empty(snapshot.Groups);
        Assert.Empty(snapshot.Configs);
        var left = Assert.Single(snapshot.Offsets);
        Assert.Equal(("h", 1), (left.GroupId, left.Partition));
    }

    [Fact]
    public async Task Producer_ids_never_go_back()
    {
        await using var catalog = _file.New();
        await catalog.LoadAsync();
        await catalog.WriteAsync(new ProducerIdsTaken(2000));

        await Assert.ThrowsAsync<CatalogException>(() => catalog.WriteAsync(new ProducerIdsTaken(1000)));

        await catalog.DisposeAsync();
        Assert.Equal(2000, (await _file.ReadAsync()).NextProducerId);
    }

    [Fact]
    public async Task Names_that_look_like_SQL_are_only_names()
    {
        const string Name = "'; DROP TABLE topic; -- \u2603\U0001F600";
        await using (var catalog = _file.New())
        {
            await catalog.LoadAsync();
            await catalog.WriteAsync(new OffsetCommitted(new CommittedOffsetRow(Name, Name, 0, 1, -1, Name, 0, -1)));
        }

        var row = Assert.Single((await _file.ReadAsync()).Offsets);

        Assert.Equal((Name, Name, Name), (row.GroupId, row.Topic, row.Metadata));
    }
}

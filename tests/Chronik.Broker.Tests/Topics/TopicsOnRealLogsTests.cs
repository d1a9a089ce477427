using Chronik.Broker.Topics;
using Chronik.Protocol;
using Chronik.Storage;
using Chronik.Storage.IO;
using Chronik.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronik.Broker.Tests.Topics;

/// <summary>Topics on the real logs and the real catalog, through restarts.</summary>
public sealed class TopicsOnRealLogsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Topics_are_made_grown_and_deleted_with_their_folders_and_stay_so_after_a_restart()
    {
        TopicId id;
        await using (var logs = await OpenLogsAsync())
        await using (var world = await StartAsync(logs))
        {
            id = (await world.Topics.CreateAsync([new NewTopic("orders", 2), new NewTopic("gone", 3)]))[0].Topic!.Id;
            await world.Topics.AddPartitionsAsync(id, 3);
            Assert.True(world.Topics.TryGet("gone", out var gone));
            await world.Topics.DeleteAsync(gone.Id);
        }

        await using var logsAgain = await OpenLogsAsync();
        await using var again = await StartAsync(logsAgain);

        var topic = Assert.Single(again.Topics.Current.Topics);
        Assert.Equal(("orders", id, 3), (topic.Name, topic.Id, topic.PartitionCount));
        Assert.Equal(["orders-0", "orders-1", "orders-2"], logsAgain.Logs.Select(l => l.TopicPartition.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_lost_catalog_is_made_again_from_the_folders_with_the_topics_ids()
    {
        TopicId id;
        await using (var logs = await OpenLogsAsync())
        await using (var world = await StartAsync(logs))
            id = (await world.Topics.CreateAsync([new NewTopic("orders", 2)]))[0].Topic!.Id;
        foreach (var file in Directory.GetFiles(_folder.FullName, "chronik.db*"))
            File.Delete(file);

        await using var logsAgain = await OpenLogsAsync();
        await using var again = await StartAsync(logsAgain);

        Assert.True(again.Topics.TryGet("orders", out var topic));
        Assert.Equal((id, 2), (topic.Id, topic.PartitionCount));
    }

    private Task<TopicWorld> StartAsync(LogStore logs) => TopicWorld.StartAsync(_folder.PathOf("chronik.db"), logs);

    private Task<LogStore> OpenLogsAsync() => LogStore.OpenAsync(new LogStoreOptions
    {
        DataDirectory = _folder.FullName,
        Files = new RealFileSystem(),
        Time = _time,
        Scheduler = TaskScheduler.Default,
        LoggerFactory = NullLoggerFactory.Instance,
    });
}

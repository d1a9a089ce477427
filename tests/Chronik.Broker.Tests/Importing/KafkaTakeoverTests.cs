using Chronik.Broker.Network;
using Chronik.Broker.Tests.Network;
using Chronik.Catalog;
using Chronik.Storage.IO;
using Chronik.TestKit;

namespace Chronik.Broker.Tests.Importing;

/// <summary>A start on Kafka's own folder that is cut off anywhere: the next one has everything, as if nothing had happened.</summary>
public sealed class KafkaTakeoverTests
{
    private const string Folder = "/kafka";
    private const string Unfinished = Folder + "/chronik-takeover.unfinished";
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("power cut")]
    [InlineData("power cut that keeps some")]
    [InlineData("kill")]
    [InlineData("failing disk")]
    public async Task Whatever_operation_is_the_last_the_next_start_takes_all(string end)
    {
        var expected = await UndisturbedAsync();
        var (before, behind) = (0, 0);
        for (var step = 1; ; step++)
        {
            var files = await KafkaFolderAsync();
            var taken = 0;
            var faulty = new FaultyFileSystem(
                files, (operation, _) => operation != FileOperation.Read && Interlocked.Increment(ref taken) >= step ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null);
            var isDead = true;
            var catalog = new RowCatalog(() => isDead && Volatile.Read(ref taken) >= step);
            await StartAndStopAsync(faulty, catalog);
            if (end.StartsWith("power cut", StringComparison.Ordinal))
                files.Crash(end == "power cut" ? null : new Random(step));
            isDead = false;
            var isTaken = (await catalog.LoadAsync()).Topics.Count > 0;
            (before, behind) = isTaken ? (before, behind + 1) : (before + 1, behind);
            Assert.Null(await StartAndStopAsync(files, catalog));
            Assert.Equal(expected, await DescribeAsync(files, catalog));
            if (taken < step)
                break;
        }

        Assert.True(before > 3 && behind > 10, $"{before} ends before the rows were in the catalog, {behind} behind it: too few to mean anything.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_catalog_that_fails_at_any_write_is_given_all_of_it_once(bool isWritten)
    {
        var expected = await UndisturbedAsync();
        for (var step = 1; ; step++)
        {
            var files = await KafkaFolderAsync();
            var writes = 0;
            var isIll = true;
            var catalog = new RowCatalog(() => isIll && !isWritten && ++writes >= step, () => isIll && isWritten && ++writes >= step);
            var failure = await StartAndStopAsync(files, catalog);
            files.Crash(new Random(step));
            isIll = false;
            Assert.Null(await StartAndStopAsync(files, catalog));
            Assert.Equal(expected, await DescribeAsync(files, catalog));
            if (writes < step)
                break;
            Assert.IsType<CatalogException>(failure);
        }
    }

    [Fact]
    public async Task Topics_settings_offsets_and_the_open_transaction_are_taken_where_they_lie()
    {
        var found = await UndisturbedAsync();
        Assert.Contains("topic orders 2", found);
        Assert.Contains("topic bills 1", found);
        Assert.Contains("orders retention.ms=1000", found);
        Assert.Equal(["committed orders-1 4", "g orders-1 5", "to-commit orders-1 2"], found.FindAll(static line => line.Contains(" orders-1 ", StringComparison.Ordinal)).Order());

        // Four records, and the marker that aborts the transaction of the third.
        Assert.Single(found, static line => line.StartsWith("bills-0 ", StringComparison.Ordinal) && line.Contains(" 0 to 5 ", StringComparison.Ordinal));
    }

    private static async Task<List<string>> UndisturbedAsync()
    {
        var files = await KafkaFolderAsync();
        var catalog = new RowCatalog(static () => false);
        Assert.Null(await StartAndStopAsync(files, catalog));
        return await DescribeAsync(files, catalog);
    }

    private static async Task<InMemoryFileSystem> KafkaFolderAsync()
    {
        var files = new InMemoryFileSystem();
        await new KafkaFolderBuilder(files, Folder) { HasTransactionalOffsets = true }.BuildAsync();
        return files;
    }

    // What a start answers; where it came up, it is stopped, which may fail as well on a disk that does.
    private static async Task<Exception?> StartAndStopAsync(IFileSystem files, ICatalog catalog)
    {
        var options = new BrokerOptions { DataDirectory = Folder, Listeners = [new ListenerOptions("localhost", 0)] };
        var host = new BrokerHost(
            options,
            new BrokerSeams(files, new InMemoryTransport(TaskScheduler.Default), new FakeTimeProvider(s_now), new Random(1), TaskScheduler.Default, new CollectedLog())
            {
                Catalog = () => catalog,
            });
        var failure = await Record.ExceptionAsync(host.StartAsync);
        var later = await Record.ExceptionAsync(host.StopAsync);
        return failure ?? later;
    }

    private static async Task<List<string>> DescribeAsync(InMemoryFileSystem files, RowCatalog catalog)
    {
        Assert.False(files.FileExists(Unfinished));
        var stored = await catalog.LoadAsync();
        await using var logs = await KafkaFolderBuilder.OpenAsync(files, Folder);
        return
        [
            .. stored.Topics.Select(static topic => $"topic {topic.Name} {topic.PartitionCount}"),
            .. stored.Configs.Select(static config => $"{config.Resource.Name} {config.Name}={config.Value}"),
            .. stored.Offsets.Select(static offset => $"{offset.GroupId} {offset.Topic}-{offset.Partition} {offset.Offset}"),
            .. stored.Groups.Select(static group => $"group {group.GroupId}"),
            $"producer ids from {stored.NextProducerId}",
            .. KafkaFolderBuilder.Describe(logs),
        ];
    }
}

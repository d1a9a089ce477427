using System.Text;
using Chronik.Broker.Importing;
using Chronik.Catalog;
using Chronik.Protocol;
using Chronik.Storage;
using Chronik.Storage.IO;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronik.Broker.Tests.Importing;

/// <summary>Imports all or nothing, whatever happens in the middle, and says in a sentence what cannot be imported.</summary>
public sealed class KafkaImportTests
{
    private const string Source = "/kafka";
    private const string Other = "/kafka2";
    private const string Target = "/chronik";
    private readonly InMemoryFileSystem _files = new();

    [Fact]
    public async Task A_crash_at_any_step_leaves_nothing_or_all()
    {
        var (nothing, all) = (0, 0);
        for (var step = 1; ; step++)
        {
            var files = new InMemoryFileSystem();
            await new KafkaFolderBuilder(files, Source).BuildAsync();
            var taken = 0;
            var faulty = new FaultyFileSystem(files, (operation, path) => Counts(operation, path) && Interlocked.Increment(ref taken) >= step ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null);
            var isDead = true;
            var catalog = new RowCatalog(() => isDead && taken >= step);
            var failure = await Record.ExceptionAsync(() => ImportAsync(faulty, catalog));
            files.Crash(step % 3 == 0 ? null : new Random(step));
            isDead = false;
            var isThere = await LookAsync(files, catalog, $"step {step}");
            (nothing, all) = (nothing + (isThere ? 0 : 1), all + (isThere ? 1 : 0));
            if (failure is not null)
                continue;
            Assert.True(isThere);
            break;
        }

        // The walk has been on both sides of the moment from which the import counts.
        Assert.True(nothing > 10 && all > 5, $"{nothing} times nothing, {all} times all");
    }

    [Fact]
    public async Task After_one_failure_the_next_import_brings_all()
    {
        for (var step = 1; ; step++)
        {
            var files = new InMemoryFileSystem();
            await new KafkaFolderBuilder(files, Source).BuildAsync();
            var taken = 0;
            var faulty = new FaultyFileSystem(files, (operation, path) => Counts(operation, path) && Interlocked.Increment(ref taken) == step ? FaultyFileSystem.Error(FaultyFileSystem.Enospc) : null);
            var catalog = new RowCatalog(static () => false);
            var failure = await Record.ExceptionAsync(() => ImportAsync(faulty, catalog));
            await ImportAsync(files, catalog);
            Assert.True(await LookAsync(files, catalog, $"step {step}"), $"step {step}");
            if (failure is null && taken < step)
                break;
        }
    }

    [Fact]
    public async Task Names_ids_settings_offsets_and_open_transactions_are_taken_over()
    {
        await new KafkaFolderBuilder(_files, Source).BuildAsync();
        var catalog = new RowCatalog(static () => false);
        var report = await ImportAsync(_files, catalog);
        Assert.Equal([("bills", 1, 4L, "taken"), ("orders", 2, 12L, "taken")], report.Topics.Select(static topic => (topic.Name, topic.Partitions, topic.Records, topic.Result)));
        Assert.Equal((1, 1), (report.GroupCount, report.OffsetCount));
        Assert.Equal(["bills-0: the transaction of producer 900 that was open from offset 2 on was aborted."], report.Notes);
        Assert.Empty(report.Damage);
        var stored = await catalog.LoadAsync();
        Assert.Equal([KafkaFolderBuilder.Bills, KafkaFolderBuilder.Orders], stored.Topics.Select(static topic => topic.Id));
        Assert.Equal([("orders", "retention.ms", "1000")], stored.Configs.Select(static config => (config.Resource.Name, config.Name, config.Value)));
        Assert.Equal([("g", "orders", 1, 5L, "note")], stored.Offsets.Select(static offset => (offset.GroupId, offset.Topic, offset.Partition, offset.Offset, offset.Metadata!)));
        await using var logs = await KafkaFolderBuilder.OpenAsync(_files, Target);
        Assert.True(logs.TryGet(new TopicPartition("bills", 0), out var bills));
        Assert.Equal((5L, 5L), (bills.LogEndOffset, bills.LastStableOffset));
        Assert.True(logs.TryGet(new TopicPartition("orders", 0), out var orders));
        Assert.Equal(4, orders.LogStartOffset);
    }

    [Fact]
    public async Task Offsets_of_a_transaction_count_when_it_is_committed_or_decided_to_be()
    {
        await new KafkaFolderBuilder(_files, Source) { HasTransactionalOffsets = true }.BuildAsync();
        var catalog = new RowCatalog(static () => false);
        await ImportAsync(_files, catalog);
        var stored = await catalog.LoadAsync();
        Assert.Equal([("committed", 4L), ("g", 5L), ("to-commit", 2L)], stored.Offsets.Select(static offset => (offset.GroupId, offset.Offset)).Order());
    }

    [Fact]
    public async Task Partitions_may_lie_in_several_folders()
    {
        await new KafkaFolderBuilder(_files, Source).BuildAsync();
        List<string> expected;
        await using (var source = await KafkaFolderBuilder.OpenAsync(_files, Source))
            expected = KafkaFolderBuilder.Describe(source).FindAll(static line => line.StartsWith("orders", StringComparison.Ordinal));
        MoveToOther("orders-1");
        var catalog = new RowCatalog(static () => false);
        var report = await ImportAsync(_files, catalog, sources: [Source, Other]);
        Assert.Equal(["taken", "taken"], report.Topics.Select(static topic => topic.Result));
        await using var logs = await KafkaFolderBuilder.OpenAsync(_files, Target);
        Assert.Equal(expected, KafkaFolderBuilder.Describe(logs).FindAll(static line => line.StartsWith("orders", StringComparison.Ordinal)));
        Assert.Equal(5, Assert.Single((await catalog.LoadAsync()).Offsets).Offset);
    }

    [Fact]
    public async Task A_topic_of_which_one_folder_was_not_named_is_left_out()
    {
        await new KafkaFolderBuilder(_files, Source).BuildAsync();
        MoveToOther("orders-1");
        var report = await ImportAsync(_files, new RowCatalog(static () => false));
        Assert.Equal(
            [("bills", "taken"), ("orders", "left out: orders-1 is not in the folders that were named")], report.Topics.Select(static topic => (topic.Name, topic.Result)));
    }

    [Theory]
    [InlineData("abc", "orders-1 lies in /kafka and in /kafka2: name the folders of one replica of each partition only.")]
    [InlineData("xyz", "/kafka2 is of cluster xyz, /kafka of abc: import one cluster after the other.")]
    public async Task Folders_that_do_not_belong_together_are_refused(string cluster, string sentence)
    {
        await new KafkaFolderBuilder(_files, Source).BuildAsync();
        MakeOther(cluster);
        _files.CreateDirectory($"{Other}/orders-1");
        var error = await Assert.ThrowsAsync<ImportException>(() => ImportAsync(_files, new RowCatalog(static () => false), sources: [Source, Other]));
        Assert.Equal(sentence, error.Message);
    }

    [Fact]
    public async Task Damage_is_told_and_what_surrounds_it_is_taken()
    {
        await new KafkaFolderBuilder(_files, Source).BuildAsync();
        using (var file = _files.Open($"{Source}/orders-1/00000000000000000000.log", FileOpenKind.ReadWrite))
            file.Write("!"u8, 300);
        var report = await ImportAsync(_files, new RowCatalog(static () => false));
        var damage = Assert.Single(report.Damage);
        Assert.StartsWith("orders-1: bytes ", damage, StringComparison.Ordinal);
        Assert.EndsWith("cannot be read, what follows can.", damage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no folder", "There is no folder /kafka: name one of the folders in log.dirs of Kafka's server.properties.")]
    [InlineData("other folder", "/kafka is no data folder of Kafka, it holds no meta.properties: name one of the folders in log.dirs of Kafka's server.properties.")]
    [InlineData("running", "Kafka is running on /kafka: stop it, then import.")]
    [InlineData("no metadata", "There is no __cluster_metadata-0 in /kafka: name the folder of Kafka's metadata.log.dir as well.")]
    [InlineData("served", "The data folder /chronik is in use by a running server: stop it, then import.")]
    [InlineData("name taken", "/chronik has another topic 'orders' already: delete that, or name the topics to take with --topic, without 'orders'.")]
    [InlineData("unknown topic", "Kafka's folder has no topic 'nowhere'; it has bills, orders.")]
    [InlineData("swap", null)]
    public async Task What_cannot_be_imported_gets_one_sentence(string what, string? sentence)
    {
        if (what == "other folder")
            _files.CreateDirectory(Source);
        else if (what != "no folder")
            await new KafkaFolderBuilder(_files, Source).BuildAsync();
        var catalog = new RowCatalog(static () => false);
        IDisposable? held = null;
        switch (what)
        {
            case "running":
                _files.Open($"{Source}/.lock", FileOpenKind.CreateOrTruncate).Dispose();
                held = _files.TryLock($"{Source}/.lock");
                break;
            case "no metadata":
                _files.DeleteDirectory($"{Source}/__cluster_metadata-0");
                break;
            case "served":
                _files.CreateDirectory(Target);
                held = _files.TryLock($"{Target}/.lock");
                break;
            case "name taken":
                await catalog.WriteAsync(new TopicCreated(new TopicRow(KafkaFolderBuilder.Bills with { Value = Guid.NewGuid() }, "orders", 1)));
                break;
            case "swap":
                _files.Open($"{Source}/orders-0/00000000000000000000.log.swap", FileOpenKind.CreateOrTruncate).Dispose();
                break;
        }

        var topics = what == "unknown topic" ? (IReadOnlyList<string>)["nowhere"] : [];
        if (sentence is null)
        {
            var report = await ImportAsync(_files, catalog, topics);
            Assert.Equal(["taken", "left out"], report.Topics.Select(static topic => topic.Result.Split(':')[0]));
        }
        else
        {
            Assert.Equal(sentence, (await Assert.ThrowsAsync<ImportException>(() => ImportAsync(_files, catalog, topics))).Message);
        }

        held?.Dispose();
    }

    private static bool Counts(FileOperation operation, string path) =>
        operation != FileOperation.Read && path.StartsWith(Target, StringComparison.Ordinal);

    private void MakeOther(string cluster)
    {
        _files.CreateDirectory(Other);
        using var file = _files.Open($"{Other}/meta.properties", FileOpenKind.CreateOrTruncate);
        file.Write(Encoding.UTF8.GetBytes($"version=1\ncluster.id={cluster}\nnode.id=1\n"), 0);
    }

    private void MoveToOther(string partition)
    {
        MakeOther("abc");
        _files.CreateDirectory($"{Other}/{partition}");
        foreach (var name in _files.ListFiles($"{Source}/{partition}"))
            _files.Rename($"{Source}/{partition}/{name}", $"{Other}/{partition}/{name}");
        _files.DeleteDirectory($"{Source}/{partition}");
    }

    private static Task<ImportReport> ImportAsync(
        IFileSystem files, ICatalog catalog, IReadOnlyList<string>? topics = null, IReadOnlyList<string>? sources = null) => KafkaImport.RunAsync(
        new ImportSeams(files, _ => catalog, TimeProvider.System, TaskScheduler.Default, NullLoggerFactory.Instance),
        new ImportRequest(sources ?? [Source], Target, topics ?? []),
        static (_, _) => { });

    // What the next start finds: all topics with all their records, or none and no folder of any.
    private static async Task<bool> LookAsync(InMemoryFileSystem files, RowCatalog catalog, string when)
    {
        await using var logs = await KafkaFolderBuilder.OpenAsync(files, Target);
        var stored = await ImportJournal.FinishAsync(files, Target, catalog, await catalog.LoadAsync());
        Assert.Equal(stored.Topics, (await catalog.LoadAsync()).Topics);
        var found = KafkaFolderBuilder.Describe(logs);
        if (stored.Topics.Count == 0)
        {
            Assert.True(found.Count == 0 && stored.Offsets.Count == 0, when);
            return false;
        }

        Assert.Equal(2, stored.Topics.Count);
        Assert.Single(stored.Offsets);
        await using var source = await KafkaFolderBuilder.OpenAsync(files, Source);
        var expected = KafkaFolderBuilder.Describe(source).FindAll(static line => line.StartsWith("orders", StringComparison.Ordinal));
        Assert.Equal(expected, found.FindAll(static line => line.StartsWith("orders", StringComparison.Ordinal)));
        Assert.Equal(3, found.Count);
        return true;
    }
}

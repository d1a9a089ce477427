using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronik.Storage.Tests;

/// <summary>Kafka's own tool looks at the files.</summary>
public sealed class DumpLogTests
{
    [Fact]
    public async Task Kafka_finds_every_file_valid()
    {
        SharedFolder.Require();
        using var folder = new TemporaryFolder();
        await WriteAsync(folder.FullName);
        var directory = Path.Combine(folder.FullName, "t-0");
        var files = Directory.GetFiles(directory).Where(static file => Path.GetExtension(file) is ".log" or ".index" or ".timeindex" or ".snapshot" or ".txnindex").Order().ToArray();
        Assert.Equal(2, files.Count(static file => file.EndsWith(".txnindex", StringComparison.Ordinal)));
        Assert.Equal(2, files.Count(static file => file.EndsWith(".snapshot", StringComparison.Ordinal)));

        var sanity = await DumpAsync(files, "--index-sanity-check");
        var indexes = files.Count(static file => Path.GetExtension(file) is ".index" or ".timeindex");
        Assert.True(indexes == sanity.Split('\n').Count(static line => line.Contains("passed sanity check", StringComparison.Ordinal)), sanity);
        var dump = await DumpAsync(files, "--deep-iteration", "--print-data-log");
        foreach (var complaint in (string[])["Mismatches", "mismatch", "out of order", "Non-consecutive", "isvalid: false", "invalid bytes", "Couldn't find", "Exception"])
            Assert.DoesNotContain(complaint, dump, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1006, dump.Split('\n').Count(static line => line.Contains("| offset:", StringComparison.Ordinal)));
        Assert.Contains("endTxnMarker: ABORT", dump, StringComparison.Ordinal);
        Assert.Contains("producerId: 7 producerEpoch: 3", dump, StringComparison.Ordinal);
        Assert.Contains("producerId: 9 producerEpoch: 1", dump, StringComparison.Ordinal);
    }

    private static async Task WriteAsync(string directory)
    {
        await using var store = await LogStore.OpenAsync(new LogStoreOptions
        {
            DataDirectory = directory,
            Files = new RealFileSystem(),
            Time = TimeProvider.System,
            Scheduler = TaskScheduler.Default,
            LoggerFactory = NullLoggerFactory.Instance,
        });
        var log = await store.CreateAsync(StoreFixture.Partition, StoreFixture.Topic, new LogConfig { SegmentBytesMax = 50_000, IndexIntervalBytes = 500 });
        for (var i = 0; i < 500; i++)
        {
            log.AppendOk(Batches.Of(1_700_000_000_000 + (i * 10), $"{i}a{new string('x', i % 200)}", $"{i}b"));
            if (i != 50)
                continue;
            log.AppendOk(Batches.Idempotent(9, 1, 0, isTransactional: true));
            log.AppendOk(Batches.Marker(false, 9, 1), AppendOrigin.Coordinator);
        }

        log.AppendOk(Batches.Idempotent(7, 3, 0, isTransactional: true));
        log.AppendOk(Batches.Marker(false, 7, 3), AppendOrigin.Coordinator);
        log.AppendOk(Batches.Idempotent(8, 0, 0));
        log.AppendOk(Batches.Idempotent(8, 0, 1));
        Assert.Equal(ErrorCode.None, await log.WhenDurable(log.LogEndOffset));
    }

    private static async Task<string> DumpAsync(string[] files, params string[] options)
    {
        var result = await CommandRunner.RunAsync(SharedFolder.PathOf("peers", "kafka", "kafka"), ["dump-log", "--files", string.Join(',', files), .. options]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }
}

using System.Globalization;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronik.Benchmarks.Commits;

/// <summary>
/// Batches for each sync and records for each second, by partitions and by how long a sync takes. Files are in memory
/// (/dev/shm) and syncs sleep, so that only the committer is measured.
/// </summary>
internal static class GroupCommitBenchmark
{
    private const int RecordsPerBatch = 10;
    private const int RecordBytes = 100;
    private const int InFlightPerPartition = 5;

    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(2);

    public static async Task RunAsync()
    {
        Console.WriteLine($"Batches of {RecordsPerBatch} records of {RecordBytes} bytes, {InFlightPerPartition} in flight for each partition.");
        Console.WriteLine("| partitions | sync, ms | acks | records/s | syncs/s | batches for each sync |");
        Console.WriteLine("|---:|---:|---|---:|---:|---:|");
        foreach (var partitions in new[] { 1, 10, 100, 1_000, 5_000 })
        {
            foreach (var syncMs in new[] { 0.1, 1, 5 })
            {
                await MeasureAsync(partitions, TimeSpan.FromMilliseconds(syncMs), waitsForDisk: true);
                await MeasureAsync(partitions, TimeSpan.FromMilliseconds(syncMs), waitsForDisk: false);
            }
        }
    }

    private static async Task MeasureAsync(int partitions, TimeSpan syncTime, bool waitsForDisk)
    {
        var directory = $"/dev/shm/chronik-commit-{Environment.ProcessId}";
        var real = new RealFileSystem();
        var files = new SlowFileSystem(real, syncTime);
        try
        {
            await using var store = await OpenAsync(directory, files);
            var logs = new IPartitionLog[partitions];
            for (var i = 0; i < partitions; i++)
                logs[i] = await store.CreateAsync(new TopicPartition("t", i), TopicId.None, new LogConfig());
            var time = TimeProvider.System;
            var (started, syncsBefore) = (time.GetTimestamp(), files.Syncs);
            using var stop = new CancellationTokenSource(s_duration);
            var producers = logs.SelectMany(log => Enumerable.Range(0, waitsForDisk ? InFlightPerPartition : 1)
                .Select(_ => ProduceAsync(log, waitsForDisk, stop.Token)));
            var batches = (await Task.WhenAll(producers)).Sum();
            var seconds = time.GetElapsedTime(started).TotalSeconds;
            var syncs = Math.Max(1, files.Syncs - syncsBefore);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {partitions} | {syncTime.TotalMilliseconds} | {(waitsForDisk ? "all" : "1")} | {batches * RecordsPerBatch / seconds:N0} | {syncs / seconds:N0} | {(double)batches / syncs:N1} |"));
        }
        finally
        {
            real.DeleteDirectory(directory);
        }
    }

    private static Task<LogStore> OpenAsync(string directory, IFileSystem files) => LogStore.OpenAsync(new LogStoreOptions
    {
        DataDirectory = directory,
        Files = files,
        Time = TimeProvider.System,
        Scheduler = TaskScheduler.Default,
        LoggerFactory = NullLoggerFactory.Instance,
    });

    private static async Task<long> ProduceAsync(IPartitionLog log, bool waitsForDisk, CancellationToken stop)
    {
        using var builder = new RecordBatchBuilder();
        for (var i = 0; i < RecordsPerBatch; i++)
            builder.Add(1_000, null, new byte[RecordBytes]);
        var batch = builder.ToArray();
        long batches = 0;
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            var result = log.Append(batch, AppendOrigin.Client);
            if (result.Error != ErrorCode.None)
                throw new InvalidOperationException(result.ErrorMessage ?? result.Error.ToString());
            batches++;
            if (waitsForDisk)
                await log.WhenDurable(result.LastOffset + 1).AsTask().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            else if (batches % 16 == 0)
                await Task.Yield();
        }

        return batches;
    }
}

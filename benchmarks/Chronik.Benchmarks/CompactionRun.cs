using System.Diagnostics;
using System.Globalization;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage;
using Chronik.Storage.Compaction;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Microsoft.Extensions.Logging;

namespace Chronik.Benchmarks;

/// <summary>Fills one partition, compacts it once, and tells how fast that was and what memory it took.</summary>
internal static class CompactionRun
{
    private const int BatchRecords = 100;
    private const int ValueBytes = 500;
    private const long SegmentBytes = 64L << 20;

    /// <summary>Runs it: a folder, megabytes to write, distinct keys, a codec.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var folder, var megaBytes, var keys, var codec])
        {
            await Console.Error.WriteLineAsync("compaction FOLDER MEGABYTES KEYS none|gzip|snappy|lz4|zstd");
            return 2;
        }

        var log = new PassLog();
        await using var store = await LogStore.OpenAsync(new LogStoreOptions
        {
            DataDirectory = folder,
            Files = new RealFileSystem(),
            Time = TimeProvider.System,
            Scheduler = TaskScheduler.Default,
            LoggerFactory = log,
            Cleaner = static () => new CleanerConfig { BackoffMs = 100 },
        });
        var config = new LogConfig { SegmentBytesMax = (int)SegmentBytes, RetentionMs = -1, MinCleanableDirtyRatio = 0 };
        var partition = await store.CreateAsync(new TopicPartition("compacted", 0), TopicId.None, config);
        var bytes = int.Parse(megaBytes, CultureInfo.InvariantCulture) * (long)(1 << 20);
        await FillAsync(partition, bytes, int.Parse(keys, CultureInfo.InvariantCulture), Enum.Parse<CompressionCodec>(codec, ignoreCase: true));
        GC.Collect();
        var before = Process.GetCurrentProcess().WorkingSet64;
        partition.Config = config with { IsCompacted = true };
        var peak = before;
        while (!log.Passed.IsCompleted)
        {
            await Task.WhenAny(log.Passed, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
            using var process = Process.GetCurrentProcess();
            peak = Math.Max(peak, process.WorkingSet64);
        }

        await Console.Out.WriteLineAsync(await log.Passed);
        await Console.Out.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"resident before {before >> 20} MiB, at most {peak >> 20} MiB during compaction"));
        return 0;
    }

    private static async Task FillAsync(IPartitionLog partition, long bytes, int keys, CompressionCodec codec)
    {
        var random = new Random(1);
        var value = new byte[ValueBytes];
        for (var size = 0L; size < bytes;)
        {
            using var builder = new RecordBatchBuilder { Compression = codec };
            for (var i = 0; i < BatchRecords; i++)
            {
                // Half of it compresses.
                random.NextBytes(value.AsSpan(0, ValueBytes / 2));
                builder.Add(1_700_000_000_000 + size, BitConverter.GetBytes((long)random.Next(keys)), value.ToArray());
            }

            var batch = builder.ToArray();
            size += batch.Length;
            if (partition.Append(batch, AppendOrigin.Client).Error != ErrorCode.None)
                throw new InvalidOperationException("An append failed.");
        }

        await partition.WhenDurable(partition.LogEndOffset);
    }

    /// <summary>Waits for the line that ends a compaction.</summary>
    private sealed class PassLog : ILoggerFactory, ILogger
    {
        private const int Compacted = 2060;
        private readonly TaskCompletionSource<string> _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Passed => _passed.Task;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == Compacted)
                _passed.TrySetResult(formatter(state, exception));
            else if (logLevel >= LogLevel.Error)
                _passed.TrySetException(new InvalidOperationException(formatter(state, exception), exception));
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronik.Benchmarks;

/// <summary>
/// How long a store takes to open after kill -9: one process fills it and is killed while it writes on, then others open it,
/// each killed in its turn.
/// </summary>
internal static class RecoveryBenchmark
{
    public const string Command = "recovery";
    private const int ValueBytes = 16 << 10;
    private const string FullLine = "full";

    /// <summary><c>recovery [--dir DIR] [--partitions 1000] [--mib 10240] [--runs 3] [--timestamps rising|same]</c>, or a role that it starts itself in.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var options = new Dictionary<string, string>();
        for (var i = 0; i + 1 < args.Length; i += 2)
            options[args[i]] = args[i + 1];
        var directory = options.GetValueOrDefault("--dir", System.IO.Path.Combine(System.IO.Path.GetTempPath(), "chronik-recovery"));
        var partitions = int.Parse(options.GetValueOrDefault("--partitions", "1000"), CultureInfo.InvariantCulture);
        var mebibytes = int.Parse(options.GetValueOrDefault("--mib", "10240"), CultureInfo.InvariantCulture);
        var runs = int.Parse(options.GetValueOrDefault("--runs", "3"), CultureInfo.InvariantCulture);
        switch (options.GetValueOrDefault("--role"))
        {
            case "fill":
                await FillAsync(directory, partitions, (long)mebibytes << 20, options.GetValueOrDefault("--timestamps") == "same");
                return 0;
            case "open":
                await OpenAsync(directory);
                return 0;
        }

        new RealFileSystem().DeleteDirectory(directory);
        Console.WriteLine($"{partitions} partitions, {mebibytes} MiB, {Environment.ProcessorCount} cores, in {directory}");
        RunUntil(FullLine, ["--role", "fill", .. args]);
        for (var run = 0; run < runs; run++)
            RunUntil("open ", ["--role", "open", .. args]);
        new RealFileSystem().DeleteDirectory(directory);
        return 0;
    }

    // kill -9 when the line comes.
    private static void RunUntil(string line, string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Command, .. args]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        while (process.StandardOutput.ReadLine() is { } said)
        {
            Console.WriteLine(said);
            if (said.StartsWith(line, StringComparison.Ordinal))
                break;
        }

        process.Kill();
        process.WaitForExit();
    }

    private static async Task FillAsync(string directory, int partitions, long bytes, bool hasOneTime)
    {
        var store = await LogStore.OpenAsync(Options(directory));
        var logs = new IPartitionLog[partitions];
        for (var i = 0; i < partitions; i++)
            logs[i] = await store.CreateAsync(new TopicPartition("bench", i), new TopicId(new Guid(1, 2, 3, new byte[8])), new LogConfig());
        var value = new byte[ValueBytes];
        new Random(1).NextBytes(value);
        var timestamp = 1_700_000_000_000;
        var started = TimeProvider.System.GetTimestamp();
        var isFull = false;
        for (var written = 0L; ;)
        {
            using var builder = new RecordBatchBuilder();
            builder.Add(hasOneTime ? timestamp : timestamp++, null, value);
            var batch = builder.ToArray();
            foreach (var log in logs)
                log.Append(batch, AppendOrigin.Client);
            foreach (var log in logs)
                await log.WhenDurable(log.LogEndOffset);
            written += (long)partitions * batch.Length;
            if (written < bytes || isFull)
                continue;
            isFull = true;
            Console.WriteLine($"{FullLine} after {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s");
        }
    }

    private static async Task OpenAsync(string directory)
    {
        var started = TimeProvider.System.GetTimestamp();
        var log = new LastLine();
        using var factory = Microsoft.Extensions.Logging.LoggerFactory.Create(builder => Microsoft.Extensions.Logging.LoggingBuilderExtensions.AddProvider(builder, log));
        var store = await LogStore.OpenAsync(Options(directory) with { LoggerFactory = factory });
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var records = store.Logs.Sum(static log => log.LogEndOffset);
        Console.WriteLine($"open after {seconds:0.000} s, {records} records, {Process.GetCurrentProcess().WorkingSet64 >> 20} MiB resident; {log.Line}");
        await new TaskCompletionSource().Task;
    }

    private static LogStoreOptions Options(string directory) => new()
    {
        DataDirectory = directory,
        Files = new RealFileSystem(),
        Time = TimeProvider.System,
        Scheduler = TaskScheduler.Default,
        LoggerFactory = NullLoggerFactory.Instance,
    };
}

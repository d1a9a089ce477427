using BenchmarkDotNet.Running;
using Chronik.Benchmarks;
using Chronik.Benchmarks.Commits;

switch (args)
{
    case ["commit", .. var rest]:
        SyncBenchmark.Run(rest is [var directory, ..] ? directory : Path.GetTempPath().TrimEnd('/'));
        await GroupCommitBenchmark.RunAsync();
        return 0;
    case ["compaction", .. var choice]:
        return await CompactionRun.RunAsync(choice);
    case [RecoveryBenchmark.Command, .. var options]:
        return await RecoveryBenchmark.RunAsync(options);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}

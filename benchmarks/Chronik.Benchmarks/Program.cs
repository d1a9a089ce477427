using BenchmarkDotNet.Running;
using Chronik.Benchmarks.Commits;

if (args is ["commit", .. var rest])
{
    SyncBenchmark.Run(rest is [var directory, ..] ? directory : Path.GetTempPath().TrimEnd('/'));
    await GroupCommitBenchmark.RunAsync();
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}

using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>Linux tells an error of writing back that nobody was told of to the next process that syncs the file, once.</summary>
public sealed class LateErrorTests
{
    private readonly StoreFixture _fixture = new();

    [Fact]
    public void A_log_opens_although_the_disk_failed_the_process_before()
    {
        _fixture.OpenLog().AppendOk(Batches.Of("safe"));
        _fixture.Scheduler.RunAll();
        _fixture.Kill();
        _fixture.Scheduler.RunAll();
        FailOnce();
        var log = _fixture.OpenLog();
        Assert.Empty(_fixture.Store.Unopened);
        log.AppendOk(Batches.Of("more"));
        _fixture.Scheduler.RunAll();
        Assert.Equal(["0=safe", "1=more"], log.ReadAll());
        Assert.Equal(["0=safe", "1=more"], _fixture.CrashAndRestart().ReadAll());
    }

    [Fact]
    public void Nothing_is_shown_that_only_the_memory_of_the_machine_holds()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Of("safe"));
        _fixture.Scheduler.RunAll();
        log.AppendOk(Batches.Of("lost"));
        _fixture.Kill();
        _fixture.Scheduler.RunAll();
        FailOnce();
        Assert.Equal(["0=safe"], _fixture.OpenLog().ReadAll());
        Assert.Equal(["0=safe"], _fixture.CrashAndRestart().ReadAll());
    }

    [Fact]
    public void A_disk_that_fails_again_keeps_the_log_closed()
    {
        _fixture.OpenLog().AppendOk(Batches.Of("safe"));
        _fixture.Scheduler.RunAll();
        _fixture.Kill();
        _fixture.Scheduler.RunAll();
        _fixture.Fault = static (operation, path) => IsLogSync(operation, path) ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null;
        Assert.Equal([StoreFixture.Partition], _fixture.Open().Unopened);
    }

    private void FailOnce()
    {
        var hasFailed = false;
        _fixture.Fault = (operation, path) =>
        {
            if (hasFailed || !IsLogSync(operation, path))
                return null;
            hasFailed = true;
            return FaultyFileSystem.Error(FaultyFileSystem.Eio);
        };
    }

    private static bool IsLogSync(FileOperation operation, string path) =>
        operation == FileOperation.Sync && path.EndsWith(".log", StringComparison.Ordinal);
}

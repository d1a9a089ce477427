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

    [Fact]
    public void A_log_opens_although_the_disk_failed_its_index_of_aborted_transactions()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Idempotent(7, 0, 0, isTransactional: true));
        log.AppendOk(Batches.Marker(commit: false, 7, 0), AppendOrigin.Coordinator);
        _fixture.Scheduler.RunAll();
        _fixture.Kill();
        _fixture.Scheduler.RunAll();
        FailOnce(".txnindex");
        Assert.Single(_fixture.OpenLog().Read(0, 1 << 20, ReadBound.LastStable, true).Aborted);
        Assert.Empty(_fixture.Store.Unopened);
        Assert.Single(_fixture.CrashAndRestart().Read(0, 1 << 20, ReadBound.LastStable, true).Aborted);
    }

    private void FailOnce(string file = ".log")
    {
        var hasFailed = false;
        _fixture.Fault = (operation, path) =>
        {
            if (hasFailed || operation != FileOperation.Sync || !path.EndsWith(file, StringComparison.Ordinal))
                return null;
            hasFailed = true;
            return FaultyFileSystem.Error(FaultyFileSystem.Eio);
        };
    }

    private static bool IsLogSync(FileOperation operation, string path) =>
        operation == FileOperation.Sync && path.EndsWith(".log", StringComparison.Ordinal);
}

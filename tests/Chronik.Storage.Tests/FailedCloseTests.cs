using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>A stop on a disk that fails promises nothing that it did not make durable.</summary>
public sealed class FailedCloseTests
{
    private readonly StoreFixture _fixture = new() { Config = new LogConfig { IndexIntervalBytes = 1 } };

    [Fact]
    public async Task A_commit_that_comes_too_late_for_a_log_which_could_not_be_closed_acknowledges_nothing()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Of("safe"));
        _fixture.Scheduler.RunAll();
        log.AppendOk(Batches.Of("lost"));
        _fixture.Fault = static (operation, path) =>
            operation == FileOperation.Write && path.EndsWith("index", StringComparison.Ordinal) ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null;
        await Assert.ThrowsAsync<IOException>(async () => await ((PartitionLog)log).CloseAsync());
        _fixture.Scheduler.RunAll();
        Assert.Equal(1, log.HighWatermark);
        Assert.Equal(ErrorCode.KafkaStorageError, await log.WhenDurable(2));
        _fixture.Fault = null;
        Assert.Equal(["0=safe"], _fixture.CrashAndRestart().ReadAll());
    }

    // What a write that failed in part left behind the end, the next start would take for records that were closed cleanly, and so durable.
    [Fact]
    public void A_stop_is_not_clean_while_a_log_is_offline_whose_refused_records_could_not_be_cut_off()
    {
        var log = _fixture.OpenLog();
        _fixture.Fault = static (operation, path) =>
            operation == FileOperation.Write && path.EndsWith(".log", StringComparison.Ordinal) ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null;
        Assert.Equal(ErrorCode.KafkaStorageError, log.Append(Batches.Of("refused"), AppendOrigin.Client).Error);
        _fixture.Close();
        Assert.False(_fixture.Memory.FileExists("/data/.kafka_cleanshutdown"));
    }
}

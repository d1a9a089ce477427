using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>DeleteRecords on a disk that fails: it is done once the log's start is durable, and not before.</summary>
public sealed class TrimTests
{
    private readonly StoreFixture _fixture = new() { Config = new LogConfig { SegmentBytesMax = 200, IndexIntervalBytes = 1 } };

    [Theory]
    [InlineData(FileOperation.Sync, ".timeindex")]
    [InlineData(FileOperation.Sync, ".snapshot.tmp")]
    public void A_trim_whose_old_files_cannot_be_deleted_yet_is_done(FileOperation failing, string file)
    {
        var log = Filled();
        _fixture.Fault = (operation, path) => Fails(operation == failing, path, file);

        Assert.Equal(5, _fixture.Scheduler.Run(() => log.TrimAsync(5).AsTask()));

        Assert.Equal(["t-0: background work failed and is tried again"], _fixture.Logged);
        _fixture.Fault = null;
        Assert.Equal(5, _fixture.CrashAndRestart().LogStartOffset);
    }

    [Fact]
    public void A_trim_whose_start_cannot_be_saved_fails()
    {
        var log = Filled();
        _fixture.Fault = static (operation, path) => Fails(operation == FileOperation.Sync, path, "log-start-offset-checkpoint.tmp");

        Assert.Throws<IOException>(() => _fixture.Scheduler.Run(() => log.TrimAsync(5).AsTask()));
    }

    private static IOException? Fails(bool isFailing, string path, string file) =>
        isFailing && path.EndsWith(file, StringComparison.Ordinal) ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null;

    private IPartitionLog Filled()
    {
        var log = _fixture.OpenLog();
        for (var i = 0; i < 8; i++)
            log.AppendOk(Batches.Of($"{i}"));
        _fixture.Scheduler.RunAll();
        return log;
    }
}

using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

public sealed class FailedSyncTests
{
    private readonly StoreFixture _fixture = new();

    [Fact]
    public async Task Nothing_is_acknowledged_or_visible_when_a_sync_fails()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Of("safe"));
        _fixture.Scheduler.RunAll();
        _fixture.Fault = FailSyncs;
        log.AppendOk(Batches.Of("lost"));
        var durable = log.WhenDurable(2).AsTask();
        _fixture.Scheduler.RunAll();
        Assert.Equal(ErrorCode.KafkaStorageError, await durable);
        Assert.Equal(1, log.HighWatermark);
        Assert.Equal(["0=safe"], log.ReadAll());
        Assert.Equal(ErrorCode.KafkaStorageError, log.Append(Batches.Of("more"), AppendOrigin.Client).Error);
    }

    [Fact]
    public void A_later_sync_that_succeeds_does_not_acknowledge_what_the_failed_one_lost()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Of("safe"));
        _fixture.Scheduler.RunAll();
        _fixture.Fault = FailSyncs;
        log.AppendOk(Batches.Of("lost"));
        _fixture.Scheduler.RunAll();
        _fixture.Fault = null;
        Assert.Equal(ErrorCode.KafkaStorageError, log.Append(Batches.Of("more"), AppendOrigin.Client).Error);
        Assert.Equal(["0=safe"], _fixture.CrashAndRestart().ReadAll());
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(200)]
    public void A_partition_comes_back_when_the_disk_does_and_then_everything_is_durable(int segmentBytesMax)
    {
        _fixture.Config = new LogConfig { SegmentBytesMax = segmentBytesMax };
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Of("0"));
        _fixture.Scheduler.RunAll();
        _fixture.Fault = FailSyncs;
        for (var i = 1; i < 8; i++)
            log.AppendOk(Batches.Idempotent(7, 0, i));
        _fixture.Scheduler.RunAll();
        Assert.Equal(1, log.HighWatermark);
        _fixture.Fault = null;
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));
        _fixture.Scheduler.RunAll();
        Assert.True(log.AppendOk(Batches.Idempotent(7, 0, 7)).IsDuplicate);
        log.AppendOk(Batches.Of("8"));
        _fixture.Scheduler.RunAll();
        string[] expected = ["0=0", .. Enumerable.Range(1, 7).Select(static i => $"{i}=7/0/{i}"), "8=8"];
        Assert.Equal(expected, log.ReadAll());
        Assert.Equal(expected, _fixture.CrashAndRestart().ReadAll());
    }

    [Fact]
    public void A_partition_whose_first_sync_failed_comes_back_too()
    {
        var log = _fixture.OpenLog();
        _fixture.Fault = FailSyncs;
        log.AppendOk(Batches.Of("a"));
        _fixture.Scheduler.RunAll();
        _fixture.Fault = null;
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));
        _fixture.Scheduler.RunAll();
        Assert.Equal(["0=a"], log.ReadAll());
        Assert.Equal(["0=a"], _fixture.CrashAndRestart().ReadAll());
    }

    [Fact]
    public void An_append_that_the_disk_has_no_room_for_leaves_the_log_as_it_was()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Of("a"));
        _fixture.Fault = static (operation, _) => operation == FileOperation.Write ? FaultyFileSystem.Error(FaultyFileSystem.Enospc) : null;
        Assert.Equal(ErrorCode.KafkaStorageError, log.Append(Batches.Of("b"), AppendOrigin.Client).Error);
        _fixture.Fault = null;
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));
        _fixture.Scheduler.RunAll();
        Assert.Equal(1, log.AppendOk(Batches.Of("c")).BaseOffset);
        _fixture.Scheduler.RunAll();
        Assert.Equal(["0=a", "1=c"], log.ReadAll());
    }

    [Fact]
    public void Other_partitions_stay_online_when_one_file_fails()
    {
        var log = _fixture.OpenLog();
        var other = _fixture.Scheduler.Run(() => _fixture.Store.CreateAsync(new TopicPartition("other", 0), TopicId.None, new LogConfig()).AsTask());
        _fixture.Fault = static (operation, path) => path.Contains("/t-0/", StringComparison.Ordinal) ? FailSyncs(operation, path) : null;
        log.AppendOk(Batches.Of("a"));
        other.AppendOk(Batches.Of("b"));
        _fixture.Scheduler.RunAll();
        Assert.Equal((0, 1), (log.HighWatermark, other.HighWatermark));
        other.AppendOk(Batches.Of("c"));
    }

    [Fact]
    public void A_failed_sync_of_the_whole_file_system_blames_only_the_files_that_failed()
    {
        var logs = Enumerable.Range(0, 20).Select(i => new TopicPartition("p", i)).ToList();
        _fixture.Open();
        var open = logs.ConvertAll(partition =>
            _fixture.Scheduler.Run(() => _fixture.Store.CreateAsync(partition, TopicId.None, new LogConfig()).AsTask()));
        _fixture.Fault = static (operation, path) => operation switch
        {
            FileOperation.SyncFileSystem => FaultyFileSystem.Error(FaultyFileSystem.Eio),
            FileOperation.Sync when path.Contains("/p-3/", StringComparison.Ordinal) => FaultyFileSystem.Error(FaultyFileSystem.Eio),
            _ => null,
        };
        open.ForEach(static log => log.AppendOk(Batches.Of("a")));
        _fixture.Scheduler.RunAll();
        Assert.Equal([3], open.Where(static log => log.HighWatermark == 0).Select(static log => log.TopicPartition.Partition));
    }

    [Fact]
    public void A_failure_that_the_file_system_tells_once_is_not_forgotten_for_what_was_written_meanwhile()
    {
        var logs = OpenTen();
        var failed = false;
        _fixture.Fault = (operation, path) =>
        {
            // The kernel lost pages of p-3 and tells each once: the file system now, the file when it is asked.
            if (operation == FileOperation.SyncFileSystem && !failed)
            {
                failed = true;
                logs.ForEach(static log => log.AppendOk(Batches.Of("meanwhile")));
                return FaultyFileSystem.Error(FaultyFileSystem.Eio);
            }

            var isAskedLater = operation == FileOperation.Sync && path.Contains("/p-3/", StringComparison.Ordinal) && logs[3].HighWatermark == 1;
            return isAskedLater ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null;
        };
        logs.ForEach(static log => log.AppendOk(Batches.Of("first")));
        _fixture.Scheduler.RunAll();
        Assert.True(failed);
        Assert.Equal([2, 2, 2, 1, 2, 2, 2, 2, 2, 2], logs.Select(static log => log.HighWatermark));
    }

    [Fact]
    public void A_round_with_a_folder_on_another_file_system_is_synced_file_by_file()
    {
        var wholeSyncs = 0;
        var fileSyncs = 0;
        _fixture.CoversDirectory = static directory => !directory.Contains("/p-3", StringComparison.Ordinal);
        var logs = OpenTen();
        _fixture.Fault = (operation, _) =>
        {
            wholeSyncs += operation == FileOperation.SyncFileSystem ? 1 : 0;
            fileSyncs += operation == FileOperation.Sync ? 1 : 0;
            return null;
        };
        logs.ForEach(static log => log.AppendOk(Batches.Of("a")));
        _fixture.Scheduler.RunAll();
        Assert.Equal((0, 10), (wholeSyncs, fileSyncs));
        logs.ForEach(static log => { if (log.TopicPartition.Partition != 3) log.AppendOk(Batches.Of("b")); });
        _fixture.Scheduler.RunAll();
        Assert.Equal((1, 10), (wholeSyncs, fileSyncs));
    }

    [Fact]
    public void A_new_log_that_could_not_be_made_durable_is_withdrawn_and_can_be_created_again()
    {
        _fixture.Open();
        _fixture.Fault = FailSyncs;
        Assert.Throws<IOException>(() => _fixture.LogOf(_fixture.Store));
        Assert.False(_fixture.Store.TryGet(StoreFixture.Partition, out _));
        _fixture.Fault = null;
        var log = _fixture.LogOf(_fixture.Store);
        log.AppendOk(Batches.Of("a"));
        _fixture.Scheduler.RunAll();
        Assert.Equal(["0=a"], _fixture.CrashAndRestart().ReadAll());
    }

    [Fact]
    public void A_log_that_was_there_is_kept_when_asking_for_it_again_meets_a_failing_disk()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Of("a"));
        _fixture.Scheduler.RunAll();
        _fixture.Fault = FailSyncs;
        log.AppendOk(Batches.Of("b"));
        _fixture.Scheduler.RunAll();
        try
        {
            _fixture.LogOf(_fixture.Store);
        }
        catch (IOException)
        {
            // Whether it is refused does not matter here; that nothing is deleted does.
        }

        _fixture.Fault = null;
        Assert.Equal("0=a", _fixture.CrashAndRestart().ReadAll()[0]);
    }

    private List<IPartitionLog> OpenTen()
    {
        _fixture.Open();
        return [.. Enumerable.Range(0, 10).Select(i => _fixture.Scheduler.Run(
            () => _fixture.Store.CreateAsync(new TopicPartition("p", i), TopicId.None, new LogConfig()).AsTask()))];
    }

    private static IOException? FailSyncs(FileOperation operation, string path) =>
        operation is FileOperation.Sync or FileOperation.SyncDirectory or FileOperation.SyncFileSystem
            ? FaultyFileSystem.Error(FaultyFileSystem.Eio)
            : null;
}

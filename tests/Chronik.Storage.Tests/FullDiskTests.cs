using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>No room: writes are refused, reads go on, nothing half is left, and writes resume without a restart.</summary>
public sealed class FullDiskTests
{
    private const long Reserve = 16 << 20;
    private readonly StoreFixture _fixture = new() { Config = new LogConfig { SegmentBytesMax = 2000, IndexIntervalBytes = 1 } };

    public static TheoryData<string> Places => [".log", ".index", ".timeindex", ".txnindex", ".snapshot.tmp", "checkpoint.tmp", "any"];

    [Fact]
    public void Records_that_would_take_the_reserve_are_refused_until_there_is_room()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Of("a"));
        _fixture.Scheduler.RunAll();

        _fixture.Memory.FreeBytes = Reserve;
        Drain(log);
        var refused = log.Append(Batches.Of("b"), AppendOrigin.Client);
        Assert.Equal(ErrorCode.KafkaStorageError, refused.Error);
        Assert.Contains("chronik.disk.reserve.bytes", refused.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal("0=a", log.ReadAll(0)[0]);
        Assert.Contains(_fixture.Logged, line => line.Contains("is full: 16777216 bytes are free", StringComparison.Ordinal));

        _fixture.Memory.FreeBytes = 1L << 40;
        Assert.Equal(ErrorCode.KafkaStorageError, log.Append(Batches.Of("b"), AppendOrigin.Client).Error);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ErrorCode.None, log.Append(Batches.Of("b"), AppendOrigin.Client).Error);
        Assert.Contains(_fixture.Logged, line => line.Contains("has room again", StringComparison.Ordinal));
    }

    [Fact]
    public void Markers_and_checkpoints_may_use_the_reserve()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Idempotent(7, 0, 0, isTransactional: true));
        _fixture.Memory.FreeBytes = Reserve;
        Drain(log);

        Assert.Equal(ErrorCode.None, log.Append(Batches.Marker(commit: true, 7, 0), AppendOrigin.Coordinator).Error);
        _fixture.Scheduler.RunAll();
        Assert.Equal(log.LogEndOffset, log.LastStableOffset);
    }

    [Fact]
    public void No_partition_is_made_from_the_reserve_and_nothing_of_it_is_left()
    {
        var store = _fixture.Open();
        _fixture.Memory.FreeBytes = Reserve;

        var error = Assert.Throws<IOException>(() => _fixture.LogOf(store, 3));

        Assert.Contains("is full", error.Message, StringComparison.Ordinal);
        Assert.False(_fixture.Memory.DirectoryExists("/data/t-3"));
        _fixture.Memory.FreeBytes = 1L << 40;
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, _fixture.LogOf(store, 3).LogEndOffset);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void Whatever_finds_no_room_acknowledged_records_stay_and_writes_resume(string place)
    {
        var log = _fixture.OpenLog();
        var written = new List<string>();
        for (var i = 0; i < 10; i++)
            Write(log, written, $"before {i} {new string('x', 100)}");
        _fixture.Scheduler.RunAll();

        _fixture.Fault = (operation, path) => IsWrite(operation) && (place == "any" || path.EndsWith(place, StringComparison.Ordinal))
            ? FaultyFileSystem.Error(FaultyFileSystem.Enospc)
            : null;
        for (var i = 0; i < 700; i++)
        {
            Write(log, written, $"during {i}");
            if (i % 100 == 0)
                TryAbort(log, written, i);
        }

        _fixture.Time.Advance(TimeSpan.FromMinutes(2));
        _fixture.Scheduler.RunAll();
        Assert.Equal(written, log.ReadAll(0));
        Assert.DoesNotContain(_fixture.Memory.ListFiles("/data/t-0"), name => name.EndsWith(".tmp", StringComparison.Ordinal));
        Assert.InRange(_fixture.Logged.Count, 0, 6);

        _fixture.Fault = null;
        _fixture.Time.Advance(TimeSpan.FromMinutes(2));
        _fixture.Scheduler.RunAll();
        log.AppendOk(Batches.Of("after"));
        written.Add($"{log.LogEndOffset - 1}=after");
        _fixture.Scheduler.RunAll();
        Assert.Equal(written, log.ReadAll(0));
        Assert.Equal(log.LogEndOffset, log.HighWatermark);
        Assert.Equal(written, _fixture.Restart().ReadAll(0));
    }

    private static bool IsWrite(FileOperation operation) => operation == FileOperation.Write;

    private static void Write(IPartitionLog log, List<string> written, string value)
    {
        var result = log.Append(Batches.Of(value), AppendOrigin.Client);
        Assert.True(result.Error is ErrorCode.None or ErrorCode.KafkaStorageError);
        if (result.Error == ErrorCode.None)
            written.Add($"{result.BaseOffset}={value}");
    }

    private static void TryAbort(IPartitionLog log, List<string> written, int sequence)
    {
        var begun = log.Append(Batches.Idempotent(sequence, 0, 0, isTransactional: true), AppendOrigin.Client);
        if (begun.Error != ErrorCode.None)
            return;
        written.Add($"{begun.BaseOffset}={sequence}/0/0");
        var ended = log.Append(Batches.Marker(commit: false, sequence, 0), AppendOrigin.Coordinator);
        if (ended.Error == ErrorCode.None)
            written.Add($"{ended.BaseOffset}=marker");
    }

    // What was granted before the disk filled up is used up.
    private static void Drain(IPartitionLog log)
    {
        log.Config = log.Config with { SegmentBytesMax = 1 << 20 };
        var value = new string('x', 900_000);
        for (var i = 0; i < 100 && log.Append(Batches.Of(value), AppendOrigin.Client).Error == ErrorCode.None; i++)
        {
        }
    }
}

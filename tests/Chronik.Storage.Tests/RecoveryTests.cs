using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

public sealed class RecoveryTests
{
    private const string FirstLog = "/data/t-0/00000000000000000000.log";
    private readonly StoreFixture _fixture = new();

    [Fact]
    public void A_torn_tail_is_cut_at_the_last_whole_batch()
    {
        var size = Batches.Of("a").Length;
        for (var cut = 1; cut < size; cut += 7)
        {
            var fixture = new StoreFixture();
            var log = fixture.OpenLog();
            log.AppendOk(Batches.Of("a"));
            log.AppendOk(Batches.Of("b"));
            fixture.Scheduler.RunAll();
            fixture.Kill();
            Change(fixture, file => file.SetLength((2 * size) - cut));
            log = fixture.OpenLog();
            Assert.Equal(["0=a"], log.ReadAll());
            Assert.Equal(1, log.AppendOk(Batches.Of("c")).BaseOffset);
        }
    }

    [Fact]
    public void Damage_in_the_middle_is_kept_apart_and_what_follows_stays_readable()
    {
        var log = _fixture.OpenLog();
        foreach (var value in (string[])["a", "b", "c"])
            log.AppendOk(Batches.Of(value));
        _fixture.Scheduler.RunAll();
        _fixture.Kill();
        var size = Batches.Of("a").Length;
        Change(_fixture, file => file.Write("!"u8, (2 * size) - 2));
        log = _fixture.OpenLog();
        Assert.Equal(["0=a"], Batches.ValuesOf(log.Read(0, 1000, ReadBound.HighWatermark, true).Records));
        Assert.Equal(ErrorCode.CorruptMessage, log.Read(1, 1000, ReadBound.HighWatermark, true).Error);
        Assert.Equal(["2=c"], Batches.ValuesOf(log.Read(2, 1000, ReadBound.HighWatermark, true).Records));
        Assert.Equal(3, log.LogEndOffset);
    }

    [Fact]
    public void A_hole_that_a_power_cut_left_ends_the_log()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.OfSize(3000));
        log.AppendOk(Batches.OfSize(12_000));
        log.AppendOk(Batches.OfSize(100));
        _fixture.Scheduler.RunAll();
        Change(_fixture, static file => file.Write(new byte[4096], 8192));
        Assert.Equal(1, _fixture.CrashAndRestart().LogEndOffset);
    }

    [Fact]
    public void A_hole_while_the_machine_ran_on_is_damage_and_cuts_nothing()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.OfSize(3000));
        log.AppendOk(Batches.OfSize(12_000));
        log.AppendOk(Batches.Of("c"));
        _fixture.Scheduler.RunAll();
        _fixture.Kill();
        Change(_fixture, static file => file.Write(new byte[4096], 8192));
        log = _fixture.OpenLog();
        Assert.Equal(3, log.LogEndOffset);
        Assert.Equal(ErrorCode.CorruptMessage, log.Read(1, 1000, ReadBound.HighWatermark, true).Error);
        Assert.Equal(["2=c"], log.ReadAll(2));
    }

    [Fact]
    public void Only_what_follows_the_recovery_point_is_read_again()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.OfSize(500_000));
        log.AppendOk(Batches.Of("a"));
        _fixture.Scheduler.RunAll();
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        _fixture.Scheduler.RunAll();
        log.AppendOk(Batches.Of("b"));
        _fixture.Scheduler.RunAll();
        _fixture.Kill();
        Change(_fixture, static file => file.Write("!"u8, 1000));
        log = _fixture.OpenLog();
        Assert.Equal(3, log.LogEndOffset);
        Assert.Equal(["1=a", "2=b"], log.ReadAll(1));
    }

    [Fact]
    public void Lost_indexes_are_rebuilt()
    {
        _fixture.Config = new LogConfig { IndexIntervalBytes = 200 };
        var log = _fixture.OpenLog();
        for (var i = 0; i < 100; i++)
            log.AppendOk(Batches.Of(1000 + i, $"{i}"));
        _fixture.Close();
        foreach (var suffix in (string[])[".index", ".timeindex"])
        {
            using var index = _fixture.Memory.Open(FirstLog.Replace(".log", suffix, StringComparison.Ordinal), FileOpenKind.ReadWrite);
            index.SetLength(index.Length - 5);
        }

        log = _fixture.OpenLog();
        Assert.Equal(100, log.ReadAll().Count);
        Assert.Equal(50, log.FindOffset(1050)!.Value.Offset);
    }

    [Fact]
    public void A_damaged_snapshot_is_made_up_for_by_the_log()
    {
        var log = _fixture.OpenLog();
        for (var i = 0; i < 3; i++)
            log.AppendOk(Batches.Idempotent(7, 0, i));
        _fixture.Close();
        using (var snapshot = _fixture.Memory.Open("/data/t-0/00000000000000000003.snapshot", FileOpenKind.ReadWrite))
            snapshot.Write("!"u8, 20);
        log = _fixture.OpenLog();
        Assert.True(log.AppendOk(Batches.Idempotent(7, 0, 0)).IsDuplicate);
        Assert.Equal(3, log.AppendOk(Batches.Idempotent(7, 0, 3)).BaseOffset);
    }

    [Fact]
    public void A_folder_that_was_being_deleted_is_gone_after_the_start()
    {
        _fixture.OpenLog();
        _fixture.Close();
        _fixture.Memory.Rename("/data/t-0", "/data/t-0.00000000000000000000000000000000-delete");
        Assert.Empty(_fixture.Open().Logs);
        Assert.Empty(_fixture.Memory.ListDirectories("/data"));
    }

    private static void Change(StoreFixture fixture, Action<IFile> change)
    {
        using var file = fixture.Memory.Open(FirstLog, FileOpenKind.ReadWrite);
        change(file);
        file.Sync();
    }
}

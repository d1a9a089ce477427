using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>The snapshot of the producers with which a segment begins is not durable; that of a checkpoint is.</summary>
public sealed class RollSnapshotTests
{
    // With a sync of the whole file system a commit would make it durable by the way.
    private readonly StoreFixture _fixture = new()
    {
        Config = new LogConfig { SegmentBytesMax = 1000, FileDeleteDelayMs = 0 },
        CoversDirectory = static _ => false,
    };

    [Fact]
    public void A_roll_does_not_replace_the_snapshot_that_recovery_relies_on()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Idempotent(7, 0, 0));
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        _fixture.Scheduler.RunAll();

        // The new segment begins where the checkpoint was, and what stands before it is not needed any more.
        log.AppendOk(Batches.OfSize(900));
        _fixture.Scheduler.RunAll();
        Assert.Equal(1, _fixture.Scheduler.Run(() => log.TrimAsync(1).AsTask()));
        Assert.DoesNotContain("00000000000000000000.log", _fixture.Memory.ListFiles("/data/t-0"));
        log.AppendOk(Batches.Of("makes the deletion durable"));
        _fixture.Scheduler.RunAll();
        log = _fixture.CrashAndRestart();
        Assert.True(log.AppendOk(Batches.Idempotent(7, 0, 0)).IsDuplicate);
    }

    [Fact]
    public void Each_other_segment_begins_with_one()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Idempotent(7, 0, 0));
        log.AppendOk(Batches.OfSize(900));
        Assert.Contains("00000000000000000001.snapshot", _fixture.Memory.ListFiles("/data/t-0"));
    }
}

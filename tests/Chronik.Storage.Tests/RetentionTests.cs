using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

public sealed class RetentionTests
{
    private readonly StoreFixture _fixture = new() { Config = new LogConfig { SegmentBytesMax = 1200, RetentionMs = -1 } };

    [Fact]
    public void The_oldest_segments_go_when_there_are_too_many_bytes()
    {
        var log = Filled(1000);
        log.Config = log.Config with { RetentionBytes = 3000 };
        Clean();
        Assert.InRange(log.SizeBytes, 3000, 4200);
        Assert.Equal(ErrorCode.OffsetOutOfRange, log.Read(0, 1000, ReadBound.HighWatermark, true).Error);
        Assert.Equal(10 - log.LogStartOffset, log.ReadAll(log.LogStartOffset).Count);
        var start = log.LogStartOffset;
        Assert.Equal(start, _fixture.Restart().LogStartOffset);
    }

    [Fact]
    public void Records_older_than_retention_go_and_the_newest_offset_stays()
    {
        var log = Filled(_fixture.Time.GetUtcNow().ToUnixTimeMilliseconds());
        log.Config = log.Config with { RetentionMs = 60_000 };
        Clean();
        Assert.Equal((10, 10, 0), (log.LogStartOffset, log.LogEndOffset, log.SizeBytes));
        Assert.Equal(10, _fixture.CrashAndRestart().LogEndOffset);
    }

    [Fact]
    public void A_reader_of_a_deleted_segment_reads_on()
    {
        var log = Filled(1000);
        var read = log.Read(0, 100_000, ReadBound.HighWatermark, true);
        log.Config = log.Config with { RetentionBytes = 1 };
        Clean();
        Assert.True(log.LogStartOffset > 0);
        Assert.Equal(0, Batches.ValuesOf(read.Records)[0].IndexOf("0=", StringComparison.Ordinal));
    }

    [Fact]
    public void Silent_producers_are_forgotten_but_not_within_a_transaction()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Idempotent(7, 0, 0));
        log.AppendOk(Batches.Idempotent(8, 0, 0, isTransactional: true));
        _fixture.Scheduler.RunAll();
        _fixture.Time.Advance(TimeSpan.FromHours(25));
        _fixture.Scheduler.RunAll();
        Assert.Equal(ErrorCode.None, log.Append(Batches.Idempotent(7, 0, 9), AppendOrigin.Client).Error);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, log.Append(Batches.Idempotent(8, 0, 9, isTransactional: true), AppendOrigin.Client).Error);
    }

    // The snapshot of the checkpoint that trimming waits for is the only durable place that still knows the producer.
    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 1)]
    [InlineData(3, 7)]
    public void A_producer_whose_records_are_gone_survives_a_power_cut_after_rolls_at_and_during_the_checkpoint(int records, int writesMeanwhile)
    {
        _fixture.Config = new LogConfig { SegmentBytesMax = 2 * Batches.OfSize(100).Length, FileDeleteDelayMs = 0 };
        _fixture.CoversDirectory = static _ => false;
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Idempotent(7, 0, 0));
        for (var i = 1; i < records; i++)
            log.AppendOk(Batches.OfSize(100));
        _fixture.Scheduler.RunAll();
        _fixture.Fault = (operation, path) =>
        {
            for (; writesMeanwhile > 0 && operation == FileOperation.Sync && path.EndsWith(".snapshot.tmp", StringComparison.Ordinal); writesMeanwhile--)
                log.AppendOk(Batches.OfSize(100));
            return null;
        };
        Assert.Equal(records, _fixture.Scheduler.Run(() => log.TrimAsync(records).AsTask()));
        log.AppendOk(Batches.OfSize(100));
        _fixture.Scheduler.RunAll();
        Assert.Equal(0, writesMeanwhile);
        Assert.DoesNotContain("00000000000000000000.log", _fixture.Memory.ListFiles("/data/t-0"));
        Assert.True(_fixture.CrashAndRestart().AppendOk(Batches.Idempotent(7, 0, 0)).IsDuplicate);
    }

    private IPartitionLog Filled(long timestamp)
    {
        var log = _fixture.OpenLog();
        for (var i = 0; i < 10; i++)
            log.AppendOk(Batches.OfSize(500, timestamp));
        _fixture.Scheduler.RunAll();
        return log;
    }

    private void Clean()
    {
        _fixture.Time.Advance(TimeSpan.FromMinutes(6));
        _fixture.Scheduler.RunAll();
    }
}

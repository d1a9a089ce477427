using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>A disk that fails again, or a process that ends, while a partition comes back from a failed sync.</summary>
public sealed class ReopenFailureTests
{
    private static readonly string[] s_all = ["0=0", .. Enumerable.Range(1, 7).Select(static i => $"{i}=7/0/{i}")];

    [Theory]
    [InlineData(false, 1 << 20)]
    [InlineData(false, 200)]
    [InlineData(true, 1 << 20)]
    [InlineData(true, 200)]
    public void Whichever_step_fails_all_that_can_be_read_again_comes_back(bool flushOs, int segmentBytesMax)
    {
        var hasEnded = false;
        for (var at = 0; !hasEnded; at++)
        {
            var fixture = new StoreFixture();
            var log = Failed(fixture, flushOs, segmentBytesMax);
            var left = at;
            fixture.Fault = (operation, _) => operation != FileOperation.Read && left-- == 0 ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null;
            WaitForReopening(fixture);
            hasEnded = left >= 0;
            fixture.Fault = null;
            for (var i = 0; i < 3; i++)
                WaitForReopening(fixture);
            log.AppendOk(Batches.Of("8"));
            fixture.Scheduler.RunAll();
            Assert.Equal([.. s_all, "8=8"], log.ReadAll());
            Assert.Equal([.. s_all, "8=8"], fixture.KillAndRestart().ReadAll());
            Assert.DoesNotContain(fixture.Logged, static line => line.Contains("damage", StringComparison.Ordinal));
        }
    }

    // Whatever is left of the names and bytes: the log begins where it began, and has no hole.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_power_cut_at_any_step_leaves_a_log_from_its_start_on(bool isFirstDurable)
    {
        var hasEnded = false;
        for (var at = 0; !hasEnded; at++)
        {
            for (var seed = 0; seed < 10; seed++)
            {
                var fixture = new StoreFixture();
                Assert.Equal(s_all, Failed(fixture, flushOs: true, segmentBytesMax: 200, isFirstDurable).ReadAll());
                var left = at;
                fixture.Fault = (operation, _) => operation != FileOperation.Read && left-- <= 0 ? new IOException("This process is dead.") : null;
                WaitForReopening(fixture);
                hasEnded = left > 0;
                fixture.Fault = null;
                var log = fixture.CrashAndRestart(new Random(seed));
                var found = log.ReadAll();
                Assert.Equal(0, log.LogStartOffset);
                Assert.Equal(s_all[..found.Count], found);
                Assert.InRange(found.Count, isFirstDurable ? 1 : 0, 8);
            }
        }
    }

    // The log takes no records; at most the first of them is durable.
    private static IPartitionLog Failed(StoreFixture fixture, bool flushOs, int segmentBytesMax, bool isFirstDurable = true)
    {
        fixture.Config = new LogConfig { FlushOs = flushOs, SegmentBytesMax = segmentBytesMax, IndexIntervalBytes = 1 };
        var log = fixture.OpenLog();
        log.AppendOk(Batches.Of("0"));
        if (isFirstDurable)
            WaitForCheckpoint(fixture);
        for (var i = 1; i < 8; i++)
            log.AppendOk(Batches.Idempotent(7, 0, i));
        fixture.Fault = static (operation, _) =>
            operation is FileOperation.Sync or FileOperation.SyncFileSystem ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null;
        WaitForCheckpoint(fixture);
        return log;
    }

    private static void WaitForCheckpoint(StoreFixture fixture)
    {
        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        fixture.Scheduler.RunAll();
    }

    private static void WaitForReopening(StoreFixture fixture)
    {
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        fixture.Scheduler.RunAll();
    }
}

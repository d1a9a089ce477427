using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests.Compaction;

/// <summary>A compaction that is cut off: by a power cut, a kill or a failing disk at each of its operations, or by a stop at each step.</summary>
public sealed class CompactionCrashTests
{
    private const int OperationsMax = 2000;

    [Theory]
    [InlineData("power cut")]
    [InlineData("power cut that tears")]
    [InlineData("kill")]
    [InlineData("disk error")]
    [InlineData("disk error, then power cut")]
    public void There_is_the_old_content_or_the_new_whatever_operation_is_the_last(string end)
    {
        var (before, after) = Contents();
        var (old, young) = (0, 0);
        for (var operation = 0; ; operation++)
        {
            Assert.True(operation < OperationsMax);
            var fixture = Filled();
            fixture.Commit();
            if (!RunUntil(fixture, operation))
                break;
            fixture.Store.Fault = null;
            fixture.Store.Cleaner = fixture.Store.Cleaner with { IsEnabled = false };
            var log = end switch
            {
                "power cut" => fixture.Store.CrashAndRestart(),
                "power cut that tears" => fixture.Store.CrashAndRestart(new Random(operation)),
                "kill" => fixture.Store.KillAndRestart(),
                "disk error, then power cut" => fixture.Store.CrashAndRestart(new Random(operation)),
                _ => fixture.Log,
            };
            fixture.Continue(log);
            var records = fixture.Records();
            Assert.True(records.SequenceEqual(before) || records.SequenceEqual(after), $"operation {operation}: {string.Join(", ", records)}");
            Assert.Equal(before.Count, log.LogEndOffset);
            (old, young) = records.SequenceEqual(before) ? (old + 1, young) : (old, young + 1);
            if (end != "disk error")
                CheckFiles(fixture);

            // And it goes on: appends, and the next compaction.
            fixture.Store.Cleaner = fixture.Store.Cleaner with { IsEnabled = true };
            fixture.Put("a", "later");
            fixture.Roll();
            fixture.Store.Time.Advance(TimeSpan.FromMinutes(2));
            fixture.Commit();
            fixture.Compact();
            Assert.Single(fixture.Records(), static record => record.Contains(" a=", StringComparison.Ordinal));
            Assert.DoesNotContain(fixture.Files(), IsHalfDone);
            CheckFiles(fixture);
            Assert.True(fixture.CheckBatchOffsets() > 0);
        }

        Assert.True(old > 5 && young > 2, $"{old} ends with the old content, {young} with the new: too few to mean anything.");
    }

    [Fact]
    public void A_stop_at_any_step_leaves_a_correct_log_and_the_next_start_goes_on()
    {
        var (before, after) = Contents();
        var (old, young) = (0, 0);
        for (var steps = 0; ; steps++)
        {
            Assert.True(steps < OperationsMax);
            var fixture = Filled();
            fixture.Commit();
            fixture.Store.Time.Advance(TimeSpan.FromMilliseconds(fixture.Store.Cleaner.BackoffMs));
            if (!fixture.Store.Scheduler.RunSome(steps))
                break;
            fixture.Store.Cleaner = fixture.Store.Cleaner with { IsEnabled = false };
            fixture.Continue(fixture.Store.Restart());
            var records = fixture.Records();
            Assert.True(records.SequenceEqual(before) || records.SequenceEqual(after), $"step {steps}: {string.Join(", ", records)}");
            Assert.DoesNotContain(fixture.Files(), IsHalfDone);
            CheckFiles(fixture);
            (old, young) = records.SequenceEqual(before) ? (old + 1, young) : (old, young + 1);
            fixture.Store.Cleaner = fixture.Store.Cleaner with { IsEnabled = true };
            fixture.Compact();
            Assert.Equal(after, fixture.Records());
        }

        Assert.True(old > 5 && young > 2, $"{old} ends with the old content, {young} with the new: too few to mean anything.");
    }

    [Fact]
    public void A_topic_can_be_deleted_and_made_again_while_it_is_compacted()
    {
        for (var steps = 0; ; steps++)
        {
            var fixture = Filled();
            fixture.Commit();
            fixture.Store.Time.Advance(TimeSpan.FromMilliseconds(fixture.Store.Cleaner.BackoffMs));
            if (!fixture.Store.Scheduler.RunSome(steps))
                break;
            fixture.Store.Scheduler.Run(() => fixture.Store.Store.DeleteAsync(StoreFixture.Partition).AsTask());
            var log = fixture.Continue(fixture.Store.LogOf(fixture.Store.Store));
            fixture.Put("new", "1");
            fixture.Compact();
            Assert.Equal(["0 new=1"], fixture.Records());
            Assert.Equal(1, log.LogEndOffset);
            Assert.DoesNotContain(fixture.Files(), IsHalfDone);
        }
    }

    [Fact]
    public void Damage_makes_a_partition_uncleanable_is_told_once_and_stops_no_other()
    {
        var fixture = Filled();
        var other = fixture.Store.LogOf(fixture.Store.Store, partition: 1);
        other.Config = other.Config with { SegmentBytesMax = 300 };
        foreach (var value in (string[])["1", "2"])
            other.AppendOk(CompactionFixture.Batch("a", value));
        for (var i = 0; i < 4; i++)
            other.AppendOk(CompactionFixture.Batch("filler", new string('f', 200)));
        fixture.Commit();
        using (var file = fixture.Store.Memory.Open($"{CompactionFixture.Directory}/00000000000000000000.log", FileOpenKind.ReadWrite))
            file.Write([0xff], 70);
        for (var i = 0; i < 5; i++)
            fixture.Compact();
        Assert.Single(fixture.Store.Logged, static line => line.Contains("cannot be compacted", StringComparison.Ordinal));
        Assert.DoesNotContain(fixture.Files(), IsHalfDone);
        fixture.Continue(other);
        Assert.DoesNotContain("0 a=1", fixture.Records());
    }

    private static bool IsHalfDone(string name) =>
        name.EndsWith(SwapSuffix, StringComparison.Ordinal) || name.EndsWith(".cleaned", StringComparison.Ordinal);

    private const string SwapSuffix = ".swap";

    // One group of segments, so that there are two contents and nothing between.
    private static CompactionFixture Filled()
    {
        var fixture = new CompactionFixture();
        fixture.Store.Config = CompactionFixture.CompactConfig with { SegmentBytesMax = 4000, FileDeleteDelayMs = 10_000 };
        fixture.Open();
        fixture.Log.Config = fixture.Log.Config with { SegmentBytesMax = 300 };
        for (var i = 0; i < 8; i++)
            fixture.Put("a", $"{i}", $"k{i}", $"{i}");
        fixture.Log.AppendOk(CompactionFixture.Idempotent(7, 0, 0, true, "a", "aborted", "k9", "aborted"));
        fixture.Log.AppendOk(Batches.Marker(false, 7, 0), AppendOrigin.Coordinator);
        fixture.Put("k1", null);
        fixture.Roll();
        fixture.Log.Config = fixture.Log.Config with { SegmentBytesMax = 4000 };
        return fixture;
    }

    private static (List<string> Before, List<string> After) Contents()
    {
        var fixture = Filled();
        fixture.Commit();
        var before = fixture.Records();
        fixture.Compact();
        var after = fixture.Records();
        Assert.InRange(after.Count, 5, before.Count - 5);
        Assert.Equal(2, fixture.Log.SegmentBaseOffsets().Count);
        return (before, after);
    }

    // From the first operation on that makes a file of the compaction, this many succeed; false if it needed no more.
    private static bool RunUntil(CompactionFixture fixture, int operations)
    {
        var (left, hasBegun, hasFailed) = (operations, false, false);
        fixture.Store.Fault = (operation, path) =>
        {
            hasBegun |= path.EndsWith(".cleaned", StringComparison.Ordinal) || path.Contains("checkpoint", StringComparison.Ordinal);
            if (!hasBegun || operation == FileOperation.Read || left-- > 0)
                return null;
            hasFailed = true;
            return FaultyFileSystem.Error(FaultyFileSystem.Eio);
        };
        fixture.Store.Time.Advance(TimeSpan.FromMilliseconds(fixture.Store.Cleaner.BackoffMs));
        fixture.Commit();
        return hasFailed;
    }

    // Each offset lies in one file.
    private static void CheckFiles(CompactionFixture fixture)
    {
        var logs = fixture.Files().Where(static name => name.EndsWith(".log", StringComparison.Ordinal)).ToList();
        Assert.Equal(logs.Count, fixture.Log.SegmentBaseOffsets().Count);
        fixture.CheckBatchOffsets();
        Assert.DoesNotContain(fixture.Store.Logged, static line => line.Contains("batchoffsets", StringComparison.Ordinal));
    }
}

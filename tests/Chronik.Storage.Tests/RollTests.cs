using System.Buffers.Binary;
using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>When a new segment begins, as Kafka's LogSegment.shouldRoll says it.</summary>
public sealed class RollTests
{
    private const int LastOffsetDeltaAt = 23;
    private readonly StoreFixture _fixture = new();

    [Fact]
    public void A_segment_may_be_exactly_as_large_as_segment_bytes()
    {
        var bytes = Batches.OfSize(100).Length;
        _fixture.Config = new LogConfig { SegmentBytesMax = 2 * bytes };

        Assert.Equal([0L, 2, 4], SegmentsAfter(5, i => Batches.OfSize(100)));
    }

    [Fact]
    public void A_segment_is_rolled_when_the_timestamps_have_gone_further_than_segment_ms()
    {
        _fixture.Config = new LogConfig { SegmentMs = 100 };

        Assert.Equal([0L, 3], SegmentsAfter(4, i => Batches.Of(1000 + (i * 50) + (i == 3 ? 1 : 0), "a")));
    }

    [Fact]
    public void Records_without_timestamps_age_with_the_clock()
    {
        _fixture.Config = new LogConfig { SegmentMs = 100 };

        Assert.Equal([0L, 2], SegmentsAfter(3, i =>
        {
            _fixture.Time.Advance(TimeSpan.FromMilliseconds(i == 2 ? 51 : 50));
            return Batches.Of(-1, "a");
        }));
    }

    [Fact]
    public void A_full_offset_index_rolls()
    {
        const int Entries = 3;
        _fixture.Config = new LogConfig { SegmentIndexBytesMax = 8 * Entries, IndexIntervalBytes = 1 };

        // Records without timestamps make no entries in the index by time; the first batch makes none at all.
        Assert.Equal([0L, 4, 8], SegmentsAfter(9, i => Batches.Of(-1, "a")));
    }

    [Fact]
    public void The_index_by_time_keeps_room_for_its_last_entry()
    {
        const int Entries = 3;
        _fixture.Config = new LogConfig { SegmentIndexBytesMax = 12 * Entries, IndexIntervalBytes = 1 };

        Assert.Equal([0L, 3, 6], SegmentsAfter(7, i => Batches.Of(1000 + i, "a")));
        Assert.Equal(12 * (Entries - 1), LengthOf("00000000000000000000.timeindex"));
    }

    [Fact]
    public void Offsets_that_do_not_fit_behind_the_base_offset_roll()
    {
        var log = _fixture.OpenLog();
        Assert.Equal(0, log.AppendOk(Batches.Of("a")).BaseOffset);
        var wide = Batches.Of("b");
        BinaryPrimitives.WriteInt32BigEndian(wide.AsSpan(LastOffsetDeltaAt), int.MaxValue - 1);
        Assert.Equal(1, log.AppendOk(wide).BaseOffset);

        Assert.Equal(1L + int.MaxValue, log.AppendOk(Batches.Of("c")).BaseOffset);
        Assert.Equal([0L, 1L + int.MaxValue], log.SegmentBaseOffsets());
        Assert.Equal([$"{1L + int.MaxValue}=c"], Batches.ValuesOf(log.Read(1L + int.MaxValue, 1000, ReadBound.LogEnd, true).Records));
    }

    [Fact]
    public void An_empty_segment_far_below_the_end_rolls_too()
    {
        _fixture.OpenLog();
        _fixture.Close();
        AtomicFile.WriteText(_fixture.Memory, "/data/log-start-offset-checkpoint", "0\n1\nt 0 3000000000\n");
        var log = _fixture.OpenLog();

        Assert.Equal(3_000_000_000, log.AppendOk(Batches.Of("a")).BaseOffset);

        Assert.Equal([3_000_000_000L], log.SegmentBaseOffsets());
        log = _fixture.Restart();
        Assert.Equal(["3000000000=a"], log.ReadAll(3_000_000_000));
    }

    private IReadOnlyList<long> SegmentsAfter(int appends, Func<int, byte[]> batch)
    {
        var log = _fixture.OpenLog();
        for (var i = 0; i < appends; i++)
            Assert.Equal(ErrorCode.None, log.Append(batch(i), AppendOrigin.Client).Error);
        _fixture.Scheduler.RunAll();
        return log.SegmentBaseOffsets();
    }

    private long LengthOf(string name)
    {
        using var file = _fixture.Memory.Open($"/data/t-0/{name}", FileOpenKind.Read);
        return file.Length;
    }
}

using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Tests;

/// <summary>segment.jitter.ms: segments roll earlier by a time of their own, so that not all roll at once.</summary>
public sealed class SegmentJitterTests
{
    private const int Partitions = 200;

    [Theory]
    [InlineData(0, 1_000, 0)]
    [InlineData(500, 1_000, 500)]
    [InlineData(5_000, 1_000, 1_000)]
    [InlineData(5_000, 0, 0)]
    public void Segments_roll_earlier_by_less_than_jitter_and_segment_ms(long jitterMs, long segmentMs, long below)
    {
        var jitters = Jitters(jitterMs, segmentMs);
        if (below == 0)
        {
            Assert.All(jitters, static jitter => Assert.Equal(0, jitter));
            return;
        }

        Assert.All(jitters, jitter => Assert.InRange(jitter, 0, below - 1));

        // Spread over the whole range.
        Assert.All(Enumerable.Range(0, 4), quarter => Assert.Contains(jitters, jitter => jitter * 4 / below == quarter));
    }

    [Fact]
    public void A_segment_has_the_same_jitter_each_time_it_is_opened() => Assert.Equal(Jitters(500, 1_000), Jitters(500, 1_000));

    [Fact]
    public void A_segment_rolls_its_jitter_before_segment_ms()
    {
        var config = new LogConfig { SegmentMs = 1_000, SegmentJitterMs = 500 };
        var files = new InMemoryFileSystem();
        files.CreateDirectory("/t-0");
        var segment = Segment.Create(files, "/t-0", 0, config, nowMs: 0);
        segment.Skip(1);
        Assert.NotEqual(0, segment.RollJitterMs);
        Assert.False(segment.MustRoll(config, 1, lastOffset: 1, maxTimestamp: -1, nowMs: 1_000 - segment.RollJitterMs));
        Assert.True(segment.MustRoll(config, 1, lastOffset: 1, maxTimestamp: -1, nowMs: 1_001 - segment.RollJitterMs));
    }

    private static long[] Jitters(long jitterMs, long segmentMs)
    {
        var files = new InMemoryFileSystem();
        var config = new LogConfig { SegmentMs = segmentMs, SegmentJitterMs = jitterMs };
        return [.. Enumerable.Range(0, Partitions).Select(partition =>
        {
            files.CreateDirectory($"/t-{partition}");
            return Segment.Create(files, $"/t-{partition}", 0, config, nowMs: 0).RollJitterMs;
        })];
    }
}

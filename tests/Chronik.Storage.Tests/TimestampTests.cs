using System.Globalization;
using System.Text;
using Chronik.Records;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>ListOffsets by time: what Kafka finds, and nothing that consumers may not see yet.</summary>
public sealed class TimestampTests
{
    private readonly StoreFixture _fixture = new();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Finds_what_a_look_at_every_record_would(int seed)
    {
        var random = new Random(seed);
        _fixture.Config = new LogConfig { SegmentBytesMax = random.Next(400, 20_000), IndexIntervalBytes = random.Next(1, 4000), RetentionMs = -1 };
        var log = _fixture.OpenLog();
        var times = new List<long>();
        for (var i = 0; i < 120; i++)
            Append(log, times, random);
        _fixture.Scheduler.RunAll();
        var visible = times.Count;
        if (seed % 3 == 0)
            log = _fixture.Restart();
        else
            Append(log, times, random);

        for (var i = 0; i < 60; i++)
        {
            var asked = random.Next(1, 600);
            var expected = times.Take(visible).ToList().FindIndex(time => time >= asked);
            Assert.Equal(expected < 0 ? null : new OffsetAndTimestamp(expected, times[expected], 0), log.FindOffset(asked));
        }

        var largest = times.Take(visible).Max();
        Assert.Equal(new OffsetAndTimestamp(times.IndexOf(largest), largest, 0), log.FindMaxTimestamp());
        Assert.Equal(times.Max(), log.FindMaxTimestamp(ReadBound.LogEnd)!.Value.Timestamp);
    }

    [Fact]
    public void What_is_not_durable_is_not_found()
    {
        var log = _fixture.OpenLog();
        log.Append(Batches.Of(100, "a"), AppendOrigin.Client);
        Assert.Null(log.FindOffset(0));
        Assert.Null(log.FindMaxTimestamp());

        _fixture.Scheduler.RunAll();
        log.Append(Batches.Of(200, "b"), AppendOrigin.Client);

        Assert.Equal(new OffsetAndTimestamp(0, 100, 0), log.FindMaxTimestamp());
        Assert.Null(log.FindOffset(101));
        Assert.Equal(new OffsetAndTimestamp(1, 200, 0), log.FindOffset(101, ReadBound.LogEnd));
    }

    [Fact]
    public void What_belongs_to_an_open_transaction_is_not_found_by_those_who_read_committed()
    {
        var log = _fixture.OpenLog();
        log.Append(Batches.Of(500, "a"), AppendOrigin.Client);
        log.Append(Batches.Idempotent(7, 0, 0, isTransactional: true), AppendOrigin.Client);
        _fixture.Scheduler.RunAll();

        Assert.Null(log.FindOffset(501, ReadBound.LastStable));
        Assert.Equal(new OffsetAndTimestamp(0, 500, 0), log.FindMaxTimestamp(ReadBound.LastStable));
        Assert.Equal(new OffsetAndTimestamp(1, 1000, 0), log.FindMaxTimestamp());

        log.Append(Batches.Marker(commit: true, 7, 0), AppendOrigin.Coordinator);
        _fixture.Scheduler.RunAll();
        Assert.Equal(new OffsetAndTimestamp(1, 1000, 0), log.FindMaxTimestamp(ReadBound.LastStable));
    }

    [Fact]
    public void A_marker_may_have_the_largest_timestamp()
    {
        var log = _fixture.OpenLog();
        log.Append(Batches.Of(10, "a"), AppendOrigin.Client);
        log.Append(Batches.Marker(commit: true, 7, 0), AppendOrigin.Coordinator);
        _fixture.Scheduler.RunAll();

        Assert.Equal(new OffsetAndTimestamp(1, 1000, 0), log.FindMaxTimestamp());
    }

    [Fact]
    public void Where_the_broker_stamps_the_first_record_of_a_batch_is_found()
    {
        _fixture.Config = _fixture.Config with { StampLogAppendTime = true };
        var log = _fixture.OpenLog();
        var stamped = log.Append(Batches.Of(1, "a", "b", "c"), AppendOrigin.Client).LogAppendTimeMs;
        _fixture.Scheduler.RunAll();

        Assert.Equal(new OffsetAndTimestamp(0, stamped, 0), log.FindOffset(2));
        Assert.Equal(new OffsetAndTimestamp(0, stamped, 0), log.FindMaxTimestamp());
    }

    [Fact]
    public void The_largest_timestamp_is_found_without_reading_what_lies_between()
    {
        const int BatchBytes = 20_000, Batch = 400;
        var log = _fixture.OpenLog();
        for (var i = 0; i < Batch; i++)
            log.Append(Batches.OfSize(BatchBytes, 1000 + i), AppendOrigin.Client);
        _fixture.Scheduler.RunAll();
        log.Append(Batches.OfSize(BatchBytes, 5000), AppendOrigin.Client);
        var reads = 0;
        _fixture.Fault = (operation, _) =>
        {
            reads += operation == FileOperation.Read ? 1 : 0;
            return null;
        };

        Assert.Equal(1000 + Batch - 1, log.FindMaxTimestamp()!.Value.Timestamp);
        Assert.Equal(Batch / 2, log.FindOffset(1000 + (Batch / 2))!.Value.Offset);
        Assert.InRange(reads, 1, 60);
    }

    private static void Append(IPartitionLog log, List<long> times, Random random)
    {
        using var builder = new RecordBatchBuilder { Compression = random.Next(2) == 0 ? CompressionCodec.None : CompressionCodec.Gzip };
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var time = random.Next(100) < 70 ? times.Count + 10 : random.Next(1, 500);
            builder.Add(time, null, Encoding.UTF8.GetBytes(time.ToString(CultureInfo.InvariantCulture) + new string('x', random.Next(100))));
            times.Add(time);
        }

        log.AppendOk(builder.ToArray());
    }
}

using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests.Compaction;

/// <summary>What stays of a compacted log: Kafka's rules, one by one.</summary>
public sealed class CompactionTests
{
    private readonly CompactionFixture _fixture = new();

    public CompactionTests() => _fixture.Open();

    private List<string> Survivors() => _fixture.Records().FindAll(static record => !record.Contains("filler", StringComparison.Ordinal));

    [Fact]
    public void The_last_record_of_each_key_stays_at_its_offset()
    {
        _fixture.Put("a", "1", "b", "1", "a", "2");
        _fixture.Put("c", "1");
        _fixture.Put("a", "3");
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["1 b=1", "3 c=1", "4 a=3"], Survivors());
        var end = _fixture.Log.LogEndOffset;
        _fixture.Continue(_fixture.Store.Restart());
        Assert.Equal(["1 b=1", "3 c=1", "4 a=3"], Survivors());
        Assert.Equal(end, _fixture.Log.LogEndOffset);
    }

    [Fact]
    public void The_active_segment_is_left_alone()
    {
        _fixture.Put("a", "1");
        _fixture.Put("a", "2");
        _fixture.Compact();
        Assert.Equal(["0 a=1", "1 a=2"], Survivors());
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void Compressed_batches_keep_their_codec(CompressionCodec codec)
    {
        _fixture.Log.AppendOk(CompactionFixture.Batch(codec, "a", "1", "b", "1", "a", "2", "c", "3"));
        var untouched = CompactionFixture.Batch(codec, "d", "1", "e", "1");
        _fixture.Log.AppendOk(untouched);
        _fixture.Put("c", "4");
        _fixture.Roll();
        var before = _fixture.RawBatches()[1];
        _fixture.Compact();
        Assert.Equal(["1 b=1", "2 a=2", "4 d=1", "5 e=1", "6 c=4"], Survivors());
        var batch = new RecordBatchView(_fixture.RawBatches()[0]);
        Assert.Equal((codec, 2, 3L), (batch.Compression, batch.RecordCount, batch.LastOffset));
        Assert.Equal(before, _fixture.RawBatches()[1]);
    }

    [Fact]
    public void Tombstones_stay_until_their_delete_horizon_and_then_go()
    {
        _fixture.Put("a", "1", "b", "1");
        _fixture.Put("a", null, "b", "2");
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["2 a=-", "3 b=2"], Survivors());
        var batch = new RecordBatchView(_fixture.RawBatches()[0]);
        var nowMs = _fixture.Store.Time.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.True(batch.HasDeleteHorizon);
        Assert.Equal(nowMs + _fixture.Log.Config.DeleteRetentionMs, batch.BaseTimestamp);
        foreach (var record in new RecordBatchReader(batch))
            Assert.Equal(1000 + ((record.Offset - 2) * 2), record.Timestamp);

        _fixture.Store.Time.Advance(TimeSpan.FromHours(23));
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["2 a=-", "3 b=2"], Survivors());

        _fixture.Store.Time.Advance(TimeSpan.FromHours(2));
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["3 b=2"], Survivors());
        Assert.Equal(1002, new RecordBatchView(_fixture.RawBatches()[0]).MaxTimestamp);
    }

    [Fact]
    public void Records_without_a_key_that_an_earlier_policy_let_in_go()
    {
        _fixture.Put(null, "1", "a", "1");
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["1 a=1"], Survivors());
    }

    [Fact]
    public void Small_segments_become_one()
    {
        for (var i = 0; i < 40; i++)
            _fixture.Put($"k{i % 5}", new string('v', 100) + i);
        _fixture.Roll();
        var before = _fixture.Log.SegmentBaseOffsets().Count;
        _fixture.Compact();
        _fixture.Roll();
        _fixture.Compact();
        Assert.InRange(_fixture.Log.SegmentBaseOffsets().Count, 1, before - 5);
        Assert.Equal(
            ["k0", "k1", "k2", "k3", "k4"], Survivors().ConvertAll(static record => record.Split(' ', '=')[1]).Order());
        Assert.DoesNotContain(_fixture.Files(), static name => name.EndsWith(".swap", StringComparison.Ordinal) || name.EndsWith(".cleaned", StringComparison.Ordinal));
    }

    [Fact]
    public void A_record_younger_than_the_min_lag_is_not_touched()
    {
        var nowMs = _fixture.Store.Time.GetUtcNow().ToUnixTimeMilliseconds();
        _fixture.Log.Config = _fixture.Log.Config with { MinCompactionLagMs = 60_000, SegmentMs = long.MaxValue };
        _fixture.Log.AppendOk(Stamped(nowMs, "a", "1"));
        _fixture.Log.AppendOk(Stamped(nowMs, "a", "2"));
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["0 a=1", "1 a=2"], Survivors());
        _fixture.Store.Time.Advance(TimeSpan.FromMinutes(2));
        _fixture.Compact();
        Assert.Equal(["1 a=2"], Survivors());
    }

    [Fact]
    public void A_record_older_than_the_max_lag_is_compacted_whatever_the_ratio()
    {
        var nowMs = _fixture.Store.Time.GetUtcNow().ToUnixTimeMilliseconds();
        _fixture.Log.Config = _fixture.Log.Config with { MinCleanableDirtyRatio = 1 };
        _fixture.Log.AppendOk(Stamped(nowMs, "a", "1"));
        _fixture.Log.AppendOk(Stamped(nowMs, "a", "2"));
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["0 a=1", "1 a=2"], Survivors());
        _fixture.Log.Config = _fixture.Log.Config with { MaxCompactionLagMs = 60_000 };
        _fixture.Store.Time.Advance(TimeSpan.FromMinutes(2));
        _fixture.Compact();
        Assert.Equal(["1 a=2"], Survivors());
    }

    [Fact]
    public void A_log_is_compacted_when_it_is_dirty_enough_and_the_checkpoint_says_up_to_where()
    {
        _fixture.Log.Config = _fixture.Log.Config with { MinCleanableDirtyRatio = 0.9 };
        _fixture.Put("a", "1");
        _fixture.Put("a", "2");
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["1 a=2"], Survivors());
        var active = _fixture.Log.SegmentBaseOffsets()[^1];
        Assert.Equal($"0\n1\nt 0 {active}\n", _fixture.CleanerCheckpoint());

        _fixture.Put("a", "3");
        _fixture.Roll();
        _fixture.Compact();
        Assert.Contains("1 a=2", Survivors());
        _fixture.Store.Config = CompactionFixture.CompactConfig with { MinCleanableDirtyRatio = 0.9 };
        _fixture.Continue(_fixture.Store.Restart());
        _fixture.Compact();
        Assert.Contains("1 a=2", Survivors());
        _fixture.Log.Config = CompactionFixture.CompactConfig;
        _fixture.Compact();
        Assert.DoesNotContain("1 a=2", Survivors());
    }

    [Fact]
    public void The_policy_can_change_while_it_runs()
    {
        _fixture.Log.Config = _fixture.Log.Config with { IsCompacted = false };
        _fixture.Put("a", "1");
        _fixture.Put("a", "2");
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["0 a=1", "1 a=2"], Survivors());
        _fixture.Log.Config = _fixture.Log.Config with { IsCompacted = true };
        _fixture.Compact();
        Assert.Equal(["1 a=2"], Survivors());
        _fixture.Log.Config = _fixture.Log.Config with { IsCompacted = false, RetentionBytes = 1 };
        _fixture.Store.Time.Advance(TimeSpan.FromMinutes(6));
        _fixture.Commit();
        Assert.Empty(Survivors());
    }

    [Fact]
    public void A_log_that_is_compacted_and_deleted_does_both()
    {
        _fixture.Put("a", "1");
        _fixture.Put("a", "2");
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["1 a=2"], Survivors());
        _fixture.Log.Config = _fixture.Log.Config with { RetentionMs = 60_000 };
        _fixture.Store.Time.Advance(TimeSpan.FromMinutes(6));
        _fixture.Commit();
        Assert.Empty(Survivors());
        Assert.Equal(_fixture.Log.LogEndOffset, _fixture.Log.LogStartOffset);
    }

    [Fact]
    public void A_reader_of_what_was_replaced_reads_on()
    {
        _fixture.Put("a", "1", "b", "1");
        _fixture.Put("a", "2");
        _fixture.Roll();
        var read = _fixture.Log.Read(0, 1000, ReadBound.HighWatermark, true);
        _fixture.Compact();
        Assert.Equal("0=1", Batches.ValuesOf(read.Records)[0]);
        Assert.Equal(["1 b=1", "2 a=2"], Survivors());
    }

    [Fact]
    public void A_pass_ends_where_the_key_table_is_full_and_the_next_goes_on_there()
    {
        _fixture.Store.Cleaner = _fixture.Store.Cleaner with { DedupeBufferBytes = 24 * 20, IoBufferBytes = 1 };
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 100; i++)
                _fixture.Put($"k{i}", $"{round}");
        }

        _fixture.Roll();
        for (var i = 0; i < 40; i++)
            _fixture.Compact();
        var survivors = Survivors();
        Assert.True(survivors.Count == 100, string.Join('\n', _fixture.Store.Logged));
        Assert.All(survivors, static record => Assert.EndsWith("=2", record, StringComparison.Ordinal));
    }

    [Fact]
    public void A_batch_larger_than_the_buffers_is_compacted_too()
    {
        _fixture.Log.Config = _fixture.Log.Config with { SegmentBytesMax = 1 << 20 };
        _fixture.Store.Cleaner = _fixture.Store.Cleaner with { IoBufferBytes = 1 };
        _fixture.Put("a", new string('x', 100_000), "b", new string('y', 50_000), "a", "2");
        _fixture.Log.Config = _fixture.Log.Config with { SegmentBytesMax = 600 };
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(["1 b", "2 a"], Survivors().ConvertAll(static record => record.Split('=')[0]));
    }

    [Fact]
    public void What_is_trimmed_away_does_not_come_back()
    {
        _fixture.Put("a", "1");
        _fixture.Put("b", "1");
        _fixture.Roll();
        _fixture.Compact();
        _fixture.Store.Scheduler.Run(() => _fixture.Log.TrimAsync(1).AsTask());
        Assert.Equal(["1 b=1"], Survivors());
        _fixture.Put("b", "2");
        _fixture.Roll();
        _fixture.Compact();
        Assert.DoesNotContain("1 b=1", Survivors());
        Assert.Equal(1, _fixture.Log.LogStartOffset);
    }

    [Fact]
    public void Timestamps_are_found_behind_what_was_emptied()
    {
        _fixture.Log.AppendOk(Stamped(9_000, "a", "1"));
        _fixture.Log.AppendOk(Stamped(5_000, "a", "2"));
        _fixture.Roll();
        _fixture.Compact();
        Assert.Equal(new OffsetAndTimestamp(1, 5_000, 0), _fixture.Log.FindMaxTimestamp());
        Assert.Equal(new OffsetAndTimestamp(1, 5_000, 0), _fixture.Log.FindOffset(4_000));
        Assert.Null(_fixture.Log.FindOffset(6_000));
    }

    private static byte[] Stamped(long timestamp, string key, string value)
    {
        using var builder = new RecordBatchBuilder();
        builder.Add(timestamp, System.Text.Encoding.UTF8.GetBytes(key), System.Text.Encoding.UTF8.GetBytes(value));
        return builder.ToArray();
    }
}

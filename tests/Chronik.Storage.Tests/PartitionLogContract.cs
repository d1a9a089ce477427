using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>What every <see cref="IPartitionLog"/> must do, however it stores its records.</summary>
public abstract partial class PartitionLogContract
{
    /// <summary>An empty log that is durable when <see cref="Commit"/> was called.</summary>
    protected abstract IPartitionLog Log { get; }

    /// <summary>Lets what was appended become durable.</summary>
    protected abstract void Commit();

    /// <summary>Stops and starts what keeps the log.</summary>
    protected abstract void Restart();

    /// <summary>A clock's advance, in milliseconds.</summary>
    protected abstract void Wait(long milliseconds);

    [Fact]
    public void Offsets_are_given_in_order()
    {
        Assert.Equal(0, Log.AppendOk(Batches.Of("a", "b", "c")).BaseOffset);
        var second = Log.AppendOk(Batches.Of("d", "e"));
        Assert.Equal((3, 4), (second.BaseOffset, second.LastOffset));
        Assert.Equal(5, Log.LogEndOffset);
        Commit();
        Assert.Equal(["0=a", "1=b", "2=c", "3=d", "4=e"], Log.ReadAll());
    }

    [Fact]
    public async Task Segments_begin_in_order_within_the_log()
    {
        for (var i = 0; i < 200; i++)
            Log.AppendOk(Batches.Of("a"));
        Commit();
        var all = Log.SegmentBaseOffsets();
        Assert.Equal(0, all[0]);
        Assert.Equal(all.Distinct().Order(), all);
        Assert.True(all[^1] <= Log.LogEndOffset);

        var trim = Log.TrimAsync(150).AsTask();
        Commit();
        await trim;

        Assert.Equal([150, .. all.Where(static offset => offset > 150)], Log.SegmentBaseOffsets());
    }

    [Fact]
    public void Several_batches_are_appended_together()
    {
        var result = Log.AppendOk([.. Batches.Of("a", "b"), .. Batches.Of("c")]);
        Assert.Equal((0, 2), (result.BaseOffset, result.LastOffset));
        Commit();
        Assert.Equal(["0=a", "1=b", "2=c"], Log.ReadAll());
    }

    [Fact]
    public async Task Nothing_is_visible_before_it_is_durable()
    {
        Log.AppendOk(Batches.Of("a"));
        var durable = Log.WhenDurable(1).AsTask();
        Assert.False(durable.IsCompleted);
        Assert.Equal(0, Log.HighWatermark);
        Assert.Equal(0, Log.Read(0, 1000, ReadBound.HighWatermark, true).Records.Length);
        Assert.Equal(["0=a"], Log.ReadAll(bound: ReadBound.LogEnd));
        Commit();
        Assert.True(durable.IsCompleted);
        Assert.Equal(ErrorCode.None, await durable);
        Assert.Equal(1, Log.HighWatermark);
        Assert.Equal(["0=a"], Log.ReadAll());
    }

    [Fact]
    public async Task With_flush_os_records_are_visible_and_acknowledged_at_once()
    {
        Log.Config = Log.Config with { FlushOs = true };
        Log.AppendOk(Batches.Of("a"));
        Assert.Equal(ErrorCode.None, await Log.WhenDurable(1));
        Assert.Equal(["0=a"], Log.ReadAll());
    }

    [Fact]
    public async Task Many_waiters_are_completed_by_one_commit()
    {
        var waits = new List<Task<ErrorCode>>();
        for (var i = 1; i <= 10; i++)
        {
            Log.AppendOk(Batches.Of("a"));
            waits.Add(Log.WhenDurable(i).AsTask());
        }

        Commit();
        Assert.All(waits, static wait => Assert.True(wait.IsCompleted));
        Assert.All(await Task.WhenAll(waits), static error => Assert.Equal(ErrorCode.None, error));
    }

    [Fact]
    public void A_read_starts_at_the_batch_that_holds_the_offset()
    {
        for (var i = 0; i < 100; i++)
            Log.AppendOk(Batches.Of($"{i}a", $"{i}b"));
        Commit();
        for (var offset = 0; offset < 200; offset++)
            Assert.Equal($"{offset / 2 * 2}={offset / 2}a", Batches.ValuesOf(Log.Read(offset, 200, ReadBound.HighWatermark, true).Records)[0]);
    }

    [Fact]
    public void Offsets_outside_of_the_log_are_out_of_range()
    {
        Log.AppendOk(Batches.Of("a"));
        Commit();
        Assert.Equal(ErrorCode.OffsetOutOfRange, Log.Read(2, 1000, ReadBound.HighWatermark, true).Error);
        Assert.Equal(ErrorCode.OffsetOutOfRange, Log.Read(-1, 1000, ReadBound.HighWatermark, true).Error);
        var atEnd = Log.Read(1, 1000, ReadBound.HighWatermark, true);
        Assert.Equal((ErrorCode.None, 0), (atEnd.Error, atEnd.Records.Length));
    }

    [Fact]
    public void The_first_batch_is_returned_whole_only_on_request()
    {
        Log.AppendOk(Batches.OfSize(5000));
        Log.AppendOk(Batches.OfSize(5000));
        Commit();
        Assert.Single(Batches.ValuesOf(Log.Read(0, 100, ReadBound.HighWatermark, atLeastOneBatch: true).Records));
        Assert.Equal(0, Log.Read(0, 100, ReadBound.HighWatermark, atLeastOneBatch: false).Records.Length);
    }

    [Fact]
    public void A_read_never_passes_the_high_watermark()
    {
        Log.AppendOk(Batches.Of("a"));
        Commit();
        Log.AppendOk(Batches.Of("b"));
        Assert.Equal(["0=a"], Batches.ValuesOf(Log.Read(0, 1 << 20, ReadBound.HighWatermark, true).Records));
        var result = Log.Read(0, 1 << 20, ReadBound.HighWatermark, true);
        Assert.Equal(Batches.Of("a").Length, result.Records.TakeBytes().Length);
    }

    [Fact]
    public void A_repeated_batch_gets_the_offset_that_it_got_first()
    {
        for (var i = 0; i < 5; i++)
            Assert.Equal(i, Log.AppendOk(Batches.Idempotent(7, 0, i)).BaseOffset);
        for (var i = 0; i < 5; i++)
        {
            var repeated = Log.AppendOk(Batches.Idempotent(7, 0, i));
            Assert.Equal((i, true), (repeated.BaseOffset, repeated.IsDuplicate));
        }

        Assert.Equal(5, Log.LogEndOffset);
    }

    [Fact]
    public void A_repeat_of_a_batch_older_than_five_is_out_of_order()
    {
        for (var i = 0; i < 6; i++)
            Log.AppendOk(Batches.Idempotent(7, 0, i));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Log.Append(Batches.Idempotent(7, 0, 0), AppendOrigin.Client).Error);
    }

    [Theory]
    [InlineData(0, 2, ErrorCode.OutOfOrderSequenceNumber)]
    [InlineData(0, 1, ErrorCode.None)]
    [InlineData(1, 0, ErrorCode.None)]
    [InlineData(1, 1, ErrorCode.OutOfOrderSequenceNumber)]
    [InlineData(-1, 1, ErrorCode.InvalidProducerEpoch)]
    public void Sequences_follow_each_other(short epochDelta, int sequence, ErrorCode expected)
    {
        Log.AppendOk(Batches.Idempotent(7, 3, 0));
        Assert.Equal(expected, Log.Append(Batches.Idempotent(7, (short)(3 + epochDelta), sequence), AppendOrigin.Client).Error);
    }

    [Fact]
    public void A_sequence_wraps_to_zero()
    {
        Log.AppendOk(Batches.Idempotent(7, 0, int.MaxValue));
        Log.AppendOk(Batches.Idempotent(7, 0, 0));
        Assert.True(Log.AppendOk(Batches.Idempotent(7, 0, int.MaxValue)).IsDuplicate);
    }

    [Fact]
    public void A_batch_may_span_the_wrap()
    {
        Log.AppendOk(Batches.Idempotent(7, 0, int.MaxValue - 1, count: 4));
        Assert.True(Log.AppendOk(Batches.Idempotent(7, 0, int.MaxValue - 1, count: 4)).IsDuplicate);
        Assert.Equal(4, Log.AppendOk(Batches.Idempotent(7, 0, 2)).BaseOffset);
    }

    [Fact]
    public void An_unknown_producer_may_start_with_any_sequence() => Log.AppendOk(Batches.Idempotent(7, 5, 1234));

    [Fact]
    public void All_five_batches_of_a_producer_survive_a_restart()
    {
        for (var i = 0; i < 7; i++)
            Log.AppendOk(Batches.Idempotent(7, 0, i));
        Restart();
        for (var i = 2; i < 7; i++)
            Assert.Equal((i, true), (Log.AppendOk(Batches.Idempotent(7, 0, i)).BaseOffset, true));
        Assert.Equal(7, Log.LogEndOffset);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Log.Append(Batches.Idempotent(7, 0, 8), AppendOrigin.Client).Error);
        Log.AppendOk(Batches.Idempotent(7, 0, 7));
    }

    [Fact]
    public void Clients_may_not_write_control_batches() =>
        Assert.Equal(ErrorCode.InvalidRecord, Log.Append(Batches.Marker(true, 7, 0), AppendOrigin.Client).Error);

    [Fact]
    public void Torn_bytes_are_refused() =>
        Assert.Equal(ErrorCode.CorruptMessage, Log.Append(Batches.Of("a").AsMemory(0, 65), AppendOrigin.Client).Error);

    [Fact]
    public void The_last_stable_offset_waits_for_the_oldest_open_transaction()
    {
        Log.AppendOk(Batches.Of("plain"));
        Log.AppendOk(Batches.Idempotent(7, 0, 0, isTransactional: true));
        Log.AppendOk(Batches.Idempotent(8, 0, 0, isTransactional: true));
        Commit();
        Assert.Equal((3, 1), (Log.HighWatermark, Log.LastStableOffset));
        Log.AppendOk(Batches.Marker(true, 8, 0), AppendOrigin.Coordinator);
        Commit();
        Assert.Equal(1, Log.LastStableOffset);
        Log.AppendOk(Batches.Marker(true, 7, 0), AppendOrigin.Coordinator);
        Assert.Equal(1, Log.LastStableOffset);
        Commit();
        Assert.Equal(5, Log.LastStableOffset);
    }

    [Fact]
    public void A_read_committed_read_ends_before_open_transactions_and_names_aborted_ones()
    {
        Log.AppendOk(Batches.Idempotent(7, 0, 0, isTransactional: true));
        Log.AppendOk(Batches.Of("plain"));
        Log.AppendOk(Batches.Marker(false, 7, 0), AppendOrigin.Coordinator);
        Log.AppendOk(Batches.Idempotent(8, 0, 0, isTransactional: true));
        Commit();
        for (var round = 0; round < 2; round++)
        {
            var result = Log.Read(0, 1 << 20, ReadBound.LastStable, true);
            Assert.Equal(["0=7/0/0", "1=plain", "2=marker"], Batches.ValuesOf(result.Records));
            Assert.Equal([new AbortedTransaction(7, 0)], result.Aborted);
            Assert.Equal(3, result.LastStableOffset);
            Restart();
        }
    }

    [Fact]
    public void A_plain_batch_inside_a_transaction_is_refused()
    {
        Log.AppendOk(Batches.Idempotent(7, 0, 0, isTransactional: true));
        Assert.Equal(ErrorCode.InvalidTxnState, Log.Append(Batches.Idempotent(7, 0, 1), AppendOrigin.Client).Error);
    }

    [Fact]
    public void A_marker_of_an_old_coordinator_is_fenced()
    {
        Log.AppendOk(Batches.Marker(true, 7, 0, coordinatorEpoch: 5), AppendOrigin.Coordinator);
        Assert.Equal(ErrorCode.TransactionCoordinatorFenced, Log.Append(Batches.Marker(true, 7, 0, coordinatorEpoch: 4), AppendOrigin.Coordinator).Error);
    }

    [Fact]
    public void Offsets_are_found_by_time()
    {
        for (var i = 0; i < 50; i++)
            Log.AppendOk(Batches.Of(1000 + (i * 10), "a", "b"));
        Commit();
        Assert.Equal(new OffsetAndTimestamp(0, 1000, 0), Log.FindOffset(0));
        Assert.Equal(new OffsetAndTimestamp(1, 1001, 0), Log.FindOffset(1001));
        Assert.Equal(new OffsetAndTimestamp(2, 1010, 0), Log.FindOffset(1002));
        Assert.Equal(new OffsetAndTimestamp(99, 1491, 0), Log.FindOffset(1491));
        Assert.Null(Log.FindOffset(1492));
        Assert.Equal(new OffsetAndTimestamp(99, 1491, 0), Log.FindMaxTimestamp());
    }

    [Fact]
    public void An_empty_log_has_no_timestamps()
    {
        Assert.Null(Log.FindMaxTimestamp());
        Assert.Null(Log.FindOffset(0));
    }

    [Fact]
    public void The_append_time_is_stamped_where_the_topic_says_so()
    {
        Log.Config = Log.Config with { StampLogAppendTime = true };
        var result = Log.AppendOk(Batches.Of("a"));
        Assert.True(result.LogAppendTimeMs > 1000);
        Commit();
        var batch = new RecordBatchView(Log.Read(0, 1000, ReadBound.HighWatermark, true).Records.TakeBytes());
        Assert.True(batch.IsCrcValid);
        Assert.Equal((TimestampType.LogAppendTime, result.LogAppendTimeMs), (batch.TimestampType, batch.MaxTimestamp));
    }

    [Fact]
    public async Task Trimmed_records_cannot_be_read_any_more_also_after_a_restart()
    {
        Log.AppendOk(Batches.Of("a"));
        Log.AppendOk(Batches.Of("b"));
        Commit();
        Assert.Equal(1, await Log.TrimAsync(1));
        Restart();
        Assert.Equal(1, Log.LogStartOffset);
        Assert.Equal(ErrorCode.OffsetOutOfRange, Log.Read(0, 1000, ReadBound.HighWatermark, true).Error);
        Assert.Equal(["1=b"], Log.ReadAll(1));
    }

    [Fact]
    public void Epochs_end_where_the_log_ends()
    {
        Log.AppendOk(Batches.Of("a"));
        Assert.Equal(new EpochEndOffset(0, 1), Log.EndOffsetOfEpoch(0));
        Assert.Equal(new EpochEndOffset(-1, -1), Log.EndOffsetOfEpoch(1));
        Assert.Equal(0, Log.EpochOf(0));
    }
}

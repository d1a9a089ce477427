using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <content>Producers and transactions.</content>
public abstract partial class PartitionLogContract
{
    private const long DayMs = 24 * 60 * 60 * 1000;

    [Fact]
    public void A_repeat_is_told_when_it_was_appended_first_where_the_broker_stamps_times()
    {
        Log.Config = Log.Config with { StampLogAppendTime = true };
        var times = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            times.Add(Log.AppendOk(Batches.Idempotent(7, 0, i)).LogAppendTimeMs);
            Wait(1000);
        }

        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 5; i++)
                Assert.Equal(times[i], Log.AppendOk(Batches.Idempotent(7, 0, i)).LogAppendTimeMs);
            Restart();
            Log.Config = Log.Config with { StampLogAppendTime = true };
        }
    }

    [Fact]
    public async Task A_producer_whose_records_were_deleted_is_still_known()
    {
        for (var i = 0; i < 7; i++)
            Log.AppendOk(Batches.Idempotent(7, 0, i));
        Commit();
        var trim = Log.TrimAsync(7).AsTask();
        Commit();
        await trim;
        for (var round = 0; round < 2; round++)
        {
            Assert.True(Log.AppendOk(Batches.Idempotent(7, 0, 6)).IsDuplicate);
            Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Log.Append(Batches.Idempotent(7, 0, 9), AppendOrigin.Client).Error);
            Restart();
        }
    }

    [Fact]
    public void A_silent_producer_is_forgotten_but_not_while_its_transaction_is_open()
    {
        Log.AppendOk(Batches.Idempotent(7, 0, 0));
        Log.AppendOk(Batches.Idempotent(8, 0, 0, isTransactional: true));
        Commit();
        Wait(DayMs + 600_000);
        Commit();
        Assert.Equal([8L], Log.ActiveProducers().Select(static producer => producer.ProducerId));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, Log.Append(Batches.Idempotent(8, 0, 5, isTransactional: true), AppendOrigin.Client).Error);
        Assert.False(Log.AppendOk(Batches.Idempotent(7, 0, 0)).IsDuplicate);
    }

    [Fact]
    public void Producers_are_described_as_they_stand()
    {
        Log.AppendOk(Batches.Idempotent(8, 1, 5, count: 3));
        Log.AppendOk(Batches.Idempotent(7, 0, 0, isTransactional: true));
        Log.AppendOk(Batches.Marker(true, 9, 4, coordinatorEpoch: 6), AppendOrigin.Coordinator);
        Commit();
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(
                [(7L, (short)0, 0, -1, 3L), (8L, (short)1, 7, -1, -1L), (9L, (short)4, -1, 6, -1L)],
                Log.ActiveProducers().Select(static producer => (
                    producer.ProducerId, producer.Epoch, producer.LastSequence, producer.CoordinatorEpoch, producer.TransactionFirstOffset)));
            Assert.All(Log.ActiveProducers(), static producer => Assert.True(producer.LastTimestampMs > 1_000_000));
            Restart();
        }
    }

    [Theory]
    [InlineData(1, ErrorCode.None)]
    [InlineData(0, ErrorCode.InvalidProducerEpoch)]
    [InlineData(-1, ErrorCode.InvalidProducerEpoch)]
    public void Where_each_transaction_raises_the_epoch_a_marker_of_the_old_one_is_late(short epochDelta, ErrorCode expected)
    {
        Log.AppendOk(Batches.Idempotent(7, 3, 0, isTransactional: true));
        Assert.Equal(expected, Log.Append(Batches.Marker(true, 7, (short)(3 + epochDelta)), AppendOrigin.EpochRaisingCoordinator).Error);
    }

    [Fact]
    public void A_marker_may_come_again_once_its_transaction_has_ended()
    {
        Log.AppendOk(Batches.Idempotent(7, 3, 0, isTransactional: true));
        Log.AppendOk(Batches.Marker(true, 7, 4), AppendOrigin.EpochRaisingCoordinator);
        Log.AppendOk(Batches.Marker(true, 7, 4), AppendOrigin.EpochRaisingCoordinator);
        Commit();
        Assert.Equal((3, 3), (Log.HighWatermark, Log.LastStableOffset));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, Log.Append(Batches.Idempotent(7, 3, 1, isTransactional: true), AppendOrigin.Client).Error);
        Log.AppendOk(Batches.Idempotent(7, 4, 0, isTransactional: true));
    }

    [Fact]
    public async Task The_last_stable_offset_is_never_below_the_start_of_the_log()
    {
        Log.AppendOk(Batches.Idempotent(7, 0, 0, isTransactional: true));
        for (var i = 1; i < 60; i++)
            Log.AppendOk(Batches.Of("plain"));
        Commit();
        var trim = Log.TrimAsync(50).AsTask();
        Commit();
        await trim;
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal((50, 50, 60), (Log.LogStartOffset, Log.LastStableOffset, Log.HighWatermark));
            var read = Log.Read(50, 1000, ReadBound.LastStable, true);
            Assert.Equal((ErrorCode.None, 0), (read.Error, read.Records.Length));
            Restart();
        }

        Log.AppendOk(Batches.Marker(false, 7, 0), AppendOrigin.Coordinator);
        Commit();
        Assert.Equal(61, Log.LastStableOffset);
        Assert.Equal([new AbortedTransaction(7, 0)], Log.Read(50, 1000, ReadBound.LastStable, true).Aborted);
    }
}

using Chronik.Protocol;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

public sealed class LogStoreTests
{
    private readonly StoreFixture _fixture = new();

    [Fact]
    public void Records_come_back_after_a_clean_restart()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Of("a", "b"));
        log.AppendOk(Batches.Of("c"));
        log = _fixture.Restart();
        Assert.Equal(["0=a", "1=b", "2=c"], log.ReadAll());
        Assert.Equal(3, log.AppendOk(Batches.Of("d")).BaseOffset);
    }

    [Fact]
    public void Records_that_were_durable_come_back_after_a_power_cut_and_others_do_not()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Of("a"));
        _fixture.Scheduler.RunAll();
        log.AppendOk(Batches.Of("b"));
        log = _fixture.CrashAndRestart();
        Assert.Equal(["0=a"], log.ReadAll());
        Assert.Equal(1, log.LogEndOffset);
    }

    [Fact]
    public void A_killed_process_loses_nothing_that_was_written()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Of("a"));
        log.AppendOk(Batches.Of("b"));
        log = _fixture.KillAndRestart();
        Assert.Equal(["0=a", "1=b"], log.ReadAll());
    }

    [Fact]
    public void A_topic_keeps_its_identity()
    {
        _fixture.OpenLog();
        Assert.Equal(StoreFixture.Topic, _fixture.Restart().TopicId);
    }

    [Fact]
    public void A_second_store_on_the_folder_is_refused_with_one_sentence()
    {
        _fixture.Open();
        var error = Assert.Throws<LogStoreException>(_fixture.Open);
        Assert.Equal("The data folder /data is in use by another server.", error.Message);
    }

    [Fact]
    public void A_deleted_log_is_gone_and_what_reads_it_reads_on()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Of("a"));
        _fixture.Scheduler.RunAll();
        var read = log.Read(0, 1000, ReadBound.HighWatermark, true);
        _fixture.Scheduler.Run(() => _fixture.Store.DeleteAsync(StoreFixture.Partition).AsTask());
        Assert.False(_fixture.Store.TryGet(StoreFixture.Partition, out _));
        Assert.Equal(["0=a"], Batches.ValuesOf(read.Records));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, log.Append(Batches.Of("b"), AppendOrigin.Client).Error);
        Assert.Equal(0, _fixture.LogOf(_fixture.Store).LogEndOffset);
    }
}

namespace Chronik.Storage.Tests;

/// <summary>A process that is killed before the first commit of a new log leaves files that only the memory of the machine has.</summary>
public sealed class KilledWhileCreatedTests
{
    private readonly StoreFixture _fixture = new();

    [Fact]
    public void The_next_start_makes_durable_whose_log_it_is()
    {
        var creating = _fixture.Open().CreateAsync(StoreFixture.Partition, StoreFixture.Topic, _fixture.Config);
        Assert.False(creating.IsCompleted);
        _fixture.KillAndRestart().AppendOk(Batches.Of("a"));
        _fixture.Scheduler.RunAll();
        _fixture.Cut();
        _fixture.Scheduler.RunAll();
        Assert.True(_fixture.Open().TryGet(StoreFixture.Partition, out var log));
        Assert.Equal(StoreFixture.Topic, log.TopicId);
        Assert.Equal(["0=a"], log.ReadAll());
    }
}

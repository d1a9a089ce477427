using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>Many partitions are made durable and closed with a few syncs, not with some for each.</summary>
public sealed class ManyCheckpointsTests
{
    private const int Partitions = 40;
    private readonly StoreFixture _fixture = new() { Config = new LogConfig { IndexIntervalBytes = 1 } };

    [Fact]
    public void Closing_many_partitions_takes_few_syncs()
    {
        Fill();
        var syncs = new Dictionary<FileOperation, int>();
        _fixture.Fault = (operation, _) =>
        {
            syncs[operation] = syncs.GetValueOrDefault(operation) + 1;
            return null;
        };

        _fixture.Close();

        Assert.InRange(syncs.GetValueOrDefault(FileOperation.Sync), 0, 6);
        Assert.InRange(syncs.GetValueOrDefault(FileOperation.SyncFileSystem), 2, 8);
        Assert.InRange(syncs.GetValueOrDefault(FileOperation.SyncDirectory), 0, 6);
    }

    [Fact]
    public void What_they_made_durable_survives_a_power_cut_and_needs_no_recovery()
    {
        Fill();
        _fixture.Close();
        _fixture.Memory.Crash();
        var reads = 0;
        _fixture.Fault = (operation, path) =>
        {
            reads += operation == FileOperation.Read && path.EndsWith(".log", StringComparison.Ordinal) ? 1 : 0;
            return null;
        };

        var store = _fixture.Open();

        Assert.InRange(reads, 0, Partitions * 3);
        Assert.Empty(_fixture.Logged);
        CheckContent(store);
        Assert.All(Enumerable.Range(0, Partitions), i => Assert.DoesNotContain(
            _fixture.Memory.ListFiles($"/data/t-{i}"), name => name.EndsWith(".tmp", StringComparison.Ordinal)));
    }

    [Fact]
    public void When_the_sync_for_all_fails_each_is_made_durable_for_itself()
    {
        Fill();
        _fixture.Fault = (operation, _) =>
            operation == FileOperation.SyncFileSystem ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null;
        _fixture.Close();
        _fixture.Fault = null;
        _fixture.Memory.Crash();

        CheckContent(_fixture.Open());
    }

    private void Fill()
    {
        var store = _fixture.Open();
        for (var i = 0; i < Partitions; i++)
        {
            for (var round = 0; round < 3; round++)
                _fixture.LogOf(store, i).AppendOk(Batches.Of($"{round} of {i}"));
            _fixture.LogOf(store, i).AppendOk(Batches.Idempotent(7, 0, 0));
        }

        _fixture.Scheduler.RunAll();
    }

    private void CheckContent(LogStore store)
    {
        for (var i = 0; i < Partitions; i++)
        {
            var log = _fixture.LogOf(store, i);
            Assert.Equal([$"0=0 of {i}", $"1=1 of {i}", $"2=2 of {i}", "3=7/0/0"], log.ReadAll());
            Assert.True(log.Append(Batches.Idempotent(7, 0, 0), AppendOrigin.Client).IsDuplicate);
        }
    }
}

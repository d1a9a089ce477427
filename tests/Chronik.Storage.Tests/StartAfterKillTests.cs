using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>What a start after kill -9 costs: it reads what follows the recovery points, and does not sync file after file.</summary>
public sealed class StartAfterKillTests
{
    private const int Partitions = 40;
    private readonly StoreFixture _fixture = new() { Config = new LogConfig { IndexIntervalBytes = 1 } };

    [Fact]
    public void Many_partitions_are_made_durable_together()
    {
        Fill();
        _fixture.Kill();
        var syncs = Count(static (_, _) => true);

        CheckContent(_fixture.Open());

        Assert.Equal(1, syncs.GetValueOrDefault(FileOperation.SyncFileSystem));
        Assert.Equal(0, syncs.GetValueOrDefault(FileOperation.Sync));
        Assert.InRange(syncs.GetValueOrDefault(FileOperation.SyncDirectory), 0, 2);
        _fixture.Fault = null;
        _fixture.Memory.Crash();
        CheckContent(_fixture.Open());
    }

    [Fact]
    public void Where_the_sync_for_all_fails_or_does_not_reach_them_each_is_made_durable_for_itself()
    {
        foreach (var reaches in (bool[])[true, false])
        {
            var fixture = new StoreFixture { Config = _fixture.Config, CoversDirectory = reaches ? null : static _ => false };
            Fill(fixture);
            fixture.Kill();
            var synced = new HashSet<string>();
            fixture.Fault = (operation, path) =>
            {
                if (operation is FileOperation.Sync or FileOperation.SyncDirectory)
                    synced.Add(path);
                return reaches && operation == FileOperation.SyncFileSystem ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null;
            };

            CheckContent(fixture.Open());

            Assert.All(Enumerable.Range(0, Partitions), i => Assert.Contains($"/data/t-{i}", synced));
            Assert.All(Enumerable.Range(0, Partitions), i => Assert.Contains($"/data/t-{i}/00000000000000000000.log", synced));
        }
    }

    // An index of thousands of entries was read entry by entry.
    [Fact]
    public void An_index_is_read_in_few_parts()
    {
        const int Batches = 2_000;
        var log = _fixture.OpenLog();
        for (var i = 0; i < Batches; i++)
            log.AppendOk(Storage.Tests.Batches.Of(1_000 + i, "a"));
        Checkpoint();
        log.AppendOk(Storage.Tests.Batches.Of(1_000 + Batches, "b"));
        _fixture.Scheduler.RunAll();
        _fixture.Kill();
        var reads = Count(static (_, path) => path.EndsWith("index", StringComparison.Ordinal));

        log = _fixture.OpenLog();

        Assert.InRange(reads.GetValueOrDefault(FileOperation.Read), 1, 60);
        Assert.Equal(new OffsetAndTimestamp(Batches - 1, 999 + Batches, 0), log.FindOffset(999 + Batches));
    }

    // Their index of timestamps has one entry, at the begin; what lies between it and the recovery point is not read for it.
    [Fact]
    public void A_log_whose_largest_timestamp_came_early_is_not_read_from_there_on()
    {
        const int Batches = 40;
        const int BatchBytes = 64 << 10;
        var log = _fixture.OpenLog();
        log.AppendOk(Storage.Tests.Batches.OfSize(BatchBytes, timestamp: 5_000));
        for (var i = 1; i < Batches; i++)
            log.AppendOk(Storage.Tests.Batches.OfSize(BatchBytes, timestamp: 1_000));
        Checkpoint();
        log.AppendOk(Storage.Tests.Batches.OfSize(BatchBytes, timestamp: 4_000));
        _fixture.Scheduler.RunAll();
        _fixture.Kill();
        var reads = Count(static (_, path) => path.EndsWith(".log", StringComparison.Ordinal));

        log = _fixture.OpenLog();

        Assert.InRange(reads.GetValueOrDefault(FileOperation.Read), 1, 12);
        Assert.Equal(new OffsetAndTimestamp(0, 5_000, 0), log.FindMaxTimestamp());
        Assert.Equal(new OffsetAndTimestamp(0, 5_000, 0), log.FindOffset(1_001));
        log.AppendOk(Storage.Tests.Batches.OfSize(1, timestamp: 5_001));
        _fixture.Scheduler.RunAll();
        Assert.Equal(new OffsetAndTimestamp(Batches + 1, 5_001, 0), log.FindMaxTimestamp());
        Assert.Equal(new OffsetAndTimestamp(Batches + 1, 5_001, 0), _fixture.Restart().FindOffset(5_001));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Producers_behind_the_recovery_point_are_remembered(bool hasTransactions)
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Of("plain"));
        Checkpoint();
        log.AppendOk(Batches.Idempotent(7, 0, 0, isTransactional: hasTransactions));
        if (hasTransactions)
            log.AppendOk(Batches.Marker(commit: false, 7, 0), AppendOrigin.Coordinator);
        _fixture.Scheduler.RunAll();

        log = _fixture.KillAndRestart();

        Assert.True(log.AppendOk(Batches.Idempotent(7, 0, 0, isTransactional: hasTransactions)).IsDuplicate);
        Assert.Equal(hasTransactions ? [new AbortedTransaction(7, 1)] : [], log.Read(0, 1 << 20, ReadBound.LastStable, true).Aborted);
    }

    private void Checkpoint()
    {
        _fixture.Scheduler.RunAll();
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        _fixture.Scheduler.RunAll();
    }

    private Dictionary<FileOperation, int> Count(Func<FileOperation, string, bool> counts)
    {
        var seen = new Dictionary<FileOperation, int>();
        _fixture.Fault = (operation, path) =>
        {
            if (counts(operation, path))
                seen[operation] = seen.GetValueOrDefault(operation) + 1;
            return null;
        };
        return seen;
    }

    private void Fill() => Fill(_fixture);

    private static void Fill(StoreFixture fixture)
    {
        var store = fixture.Open();
        for (var i = 0; i < Partitions; i++)
            fixture.LogOf(store, i).AppendOk(Batches.Of($"{i}"));
        fixture.Scheduler.RunAll();
    }

    private static void CheckContent(LogStore store)
    {
        for (var i = 0; i < Partitions; i++)
        {
            Assert.True(store.TryGet(StoreFixture.Partition with { Partition = i }, out var log));
            Assert.Equal([$"0={i}"], log.ReadAll());
        }
    }
}

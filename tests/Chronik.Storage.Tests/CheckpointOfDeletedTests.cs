using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>A log that is deleted while something still makes it durable: nobody hears of it, and nothing of it comes back.</summary>
public sealed class CheckpointOfDeletedTests
{
    private const int StepsMax = 20;
    private readonly StoreFixture _fixture = new() { Config = new LogConfig { SegmentBytesMax = 300, IndexIntervalBytes = 1 } };

    public static TheoryData<int> Steps => [.. Enumerable.Range(0, StepsMax)];

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_checkpoint_of_a_log_that_is_deleted_meanwhile_ends_in_silence(int steps)
    {
        _fixture.Open();
        var logs = Enumerable.Range(0, CheckpointSync.PartitionsMin).Select(i => _fixture.LogOf(_fixture.Store, i)).ToList();
        foreach (var log in logs)
        {
            for (var i = 0; i < 4; i++)
                log.AppendOk(Batches.Idempotent(7, 0, i));
        }

        _fixture.Time.Advance(TimeSpan.FromMinutes(2));
        _fixture.Scheduler.RunSome(steps);
        var made = Start(async () =>
        {
            await _fixture.Store.DeleteAsync(StoreFixture.Partition);
            return await _fixture.Store.CreateAsync(StoreFixture.Partition, StoreFixture.Topic, _fixture.Config);
        });
        _fixture.Scheduler.RunAll();
        _fixture.Time.Advance(TimeSpan.FromMinutes(2));
        _fixture.Scheduler.RunAll();

        Assert.Equal(0, (await made).LogEndOffset);
        Assert.Empty(_fixture.Logged);
        Assert.DoesNotContain(_fixture.Memory.ListFiles("/data/t-0"), IsOfTheOldLog);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_trim_of_a_log_that_is_deleted_meanwhile_does_not_fail(int steps)
    {
        var log = _fixture.OpenLog();
        for (var i = 0; i < 8; i++)
            log.AppendOk(Batches.Idempotent(7, 0, i));
        _fixture.Scheduler.RunAll();
        var trimmed = Start(async () => await log.TrimAsync(5));
        log.AppendOk(Batches.Of("not durable yet"));

        _fixture.Scheduler.RunSome(steps);
        var deleted = Start(async () =>
        {
            await _fixture.Store.DeleteAsync(StoreFixture.Partition);
            return true;
        });
        _fixture.Scheduler.RunAll();

        Assert.Equal(5, await trimmed);
        Assert.True(await deleted);
        Assert.Empty(_fixture.Logged);
        Assert.False(_fixture.Memory.DirectoryExists("/data/t-0"));
    }

    [Fact]
    public void A_commit_of_a_log_that_is_deleted_meanwhile_ends_in_silence()
    {
        _fixture.CoversDirectory = static _ => false;
        var log = _fixture.OpenLog();
        for (var i = 0; i < 8; i++)
            log.AppendOk(Batches.Of("rolls again and again"));
        var isDeleted = false;
        _fixture.Fault = (operation, path) =>
        {
            // Between the commit's beginning and its sync of the folder, as another thread would.
            if (operation == FileOperation.Sync && path.EndsWith(".log", StringComparison.Ordinal) && !isDeleted)
            {
                isDeleted = true;
                Assert.True(_fixture.Store.DeleteAsync(StoreFixture.Partition).AsTask().IsCompletedSuccessfully);
            }

            return null;
        };
        _fixture.Scheduler.RunAll();

        Assert.True(isDeleted);
        Assert.Empty(_fixture.Logged);
    }

    private static bool IsOfTheOldLog(string name) =>
        name.EndsWith(".snapshot", StringComparison.Ordinal) || name.EndsWith(".tmp", StringComparison.Ordinal);

    private Task<T> Start<T>(Func<Task<T>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, _fixture.Scheduler).Unwrap();
}

using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Producers;

namespace Chronik.Storage.Tests;

/// <summary>A transaction index that lost whole entries is found out by the newest snapshot of the producers.</summary>
public sealed class AbortedSumsTests
{
    private const int Transactions = 12;
    private readonly StoreFixture _fixture = new() { Config = new LogConfig { SegmentBytesMax = 700, IndexIntervalBytes = 100, RetentionMs = -1 } };

    public enum Loss
    {
        LastEntry,
        AllEntries,
        File,
        FirstEntry,
        WrongBit,
    }

    public static TheoryData<Loss, bool> Losses()
    {
        var losses = new TheoryData<Loss, bool>();
        foreach (var loss in Enum.GetValues<Loss>())
        {
            losses.Add(loss, true);
            losses.Add(loss, false);
        }

        return losses;
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Lost_entries_are_told_and_come_back_from_the_log(Loss loss, bool isClean)
    {
        var log = Write();
        if (isClean)
            _fixture.Close();
        else
            _fixture.Kill();
        Lose(loss, Indexes()[1]);

        log = _fixture.OpenLog();
        CheckAborted(log);
        Assert.Contains(_fixture.Logged, line => line.Contains(Indexes()[1], StringComparison.Ordinal));

        // The next start finds nothing any more.
        _fixture.Close();
        _fixture.Logged.Clear();
        CheckAborted(_fixture.OpenLog());
        Assert.Empty(_fixture.Logged);
        _fixture.Close();
    }

    [Fact]
    public void What_came_behind_the_checkpoint_is_not_missed_after_a_kill_nor_after_a_power_cut()
    {
        Write();
        for (var i = Transactions; i < 2 * Transactions; i++)
            Abort(_fixture.LogOf(_fixture.Store), i);
        _fixture.Scheduler.RunAll();
        Assert.Empty(_fixture.Logged);
        CheckAborted(_fixture.KillAndRestart(), 2 * Transactions);
        CheckAborted(_fixture.CrashAndRestart(), 2 * Transactions);
        Assert.DoesNotContain(_fixture.Logged, static line => line.Contains(".txnindex", StringComparison.Ordinal));
        _fixture.Close();
    }

    [Fact]
    public void Segments_that_were_deleted_are_not_missed()
    {
        var log = Write();
        var start = log.LogEndOffset / 2;
        _fixture.Scheduler.Run(() => log.TrimAsync(start).AsTask());
        _fixture.Close();
        log = _fixture.OpenLog();
        Assert.Equal(start, log.LogStartOffset);
        Assert.Empty(_fixture.Logged);
        _fixture.Close();
    }

    [Fact]
    public void The_bytes_of_a_snapshot_stay_as_they_are()
    {
        var bytes = ProducerSnapshot.Write(new ProducerStates(), [new AbortedSum(1, 2, 3, 4)]);
        Assert.Equal("0001" + "1E1507BF" + "00000000" + "00000001" + "00000001" + "0000000000000001" + "0000000000000002" + "00000003" + "00000004", Convert.ToHexString(bytes));
        Assert.True(ProducerSnapshot.TryRead(bytes, new ProducerStates(), out var sums));
        Assert.Equal([new AbortedSum(1, 2, 3, 4)], sums);

        // Nobody aborted anything: Kafka's bytes, to the last.
        Assert.Equal(10, ProducerSnapshot.Write(new ProducerStates(), []).Length);
    }

    private IPartitionLog Write()
    {
        var log = _fixture.OpenLog();
        for (var i = 0; i < Transactions; i++)
            Abort(log, i);
        _fixture.Scheduler.RunAll();
        _fixture.Time.Advance(TimeSpan.FromMinutes(1));
        _fixture.Scheduler.RunAll();
        return log;
    }

    // A committed one lies between, that must stay.
    private static void Abort(IPartitionLog log, int index)
    {
        log.AppendOk(Batches.Idempotent(7, 0, 2 * index, isTransactional: true));
        log.AppendOk(Batches.Marker(commit: false, 7, 0), AppendOrigin.Coordinator);
        log.AppendOk(Batches.Idempotent(7, 0, (2 * index) + 1, isTransactional: true));
        log.AppendOk(Batches.Marker(commit: true, 7, 0), AppendOrigin.Coordinator);
    }

    private static void CheckAborted(IPartitionLog log, int transactions = Transactions)
    {
        for (var i = 0; i < transactions; i++)
        {
            var aborted = log.Read(4L * i, 1, ReadBound.LastStable, atLeastOneBatch: true).Aborted;
            Assert.Contains(new AbortedTransaction(7, 4L * i), aborted);
            Assert.All(aborted, static transaction => Assert.Equal(0, transaction.FirstOffset % 4));
        }
    }

    private List<string> Indexes() =>
        [.. _fixture.Memory.ListFiles("/data/t-0").Where(static name => name.EndsWith(".txnindex", StringComparison.Ordinal)).Select(static name => $"/data/t-0/{name}")];

    private void Lose(Loss loss, string path)
    {
        const int EntryBytes = 34;
        var bytes = AtomicFile.Read(_fixture.Memory, path)!;
        Assert.True(bytes.Length > EntryBytes);
        switch (loss)
        {
            case Loss.LastEntry:
                bytes = bytes[..^EntryBytes];
                break;
            case Loss.FirstEntry:
                bytes = bytes[EntryBytes..];
                break;
            case Loss.AllEntries:
                bytes = [];
                break;
            case Loss.WrongBit:
                bytes[33] ^= 2;
                break;
            default:
                _fixture.Memory.Delete(path);
                return;
        }

        AtomicFile.Write(_fixture.Memory, path, bytes);
    }
}

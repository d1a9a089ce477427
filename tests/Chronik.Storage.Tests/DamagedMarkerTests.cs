using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>
/// The marker of a transaction lies in damage: nobody will end that transaction, so consumers that read committed records are told,
/// where they would wait for ever.
/// </summary>
public sealed class DamagedMarkerTests
{
    private readonly byte[][] _batches =
    [
        Batches.Of("0"), Batches.Idempotent(7, 0, 0, isTransactional: true), Batches.Marker(true, 7, 0), Batches.Of("3"), Batches.Of("4"),
    ];

    private readonly StoreFixture _fixture = new();

    [Theory]
    [InlineData("stop")]
    [InlineData("kill")]
    [InlineData("power cut")]
    public void A_consumer_of_committed_records_is_told_until_the_transaction_is_ended(string end)
    {
        var log = Damaged(end);
        Assert.Equal(1, log.LastStableOffset);
        Assert.Single(_fixture.Logged, static line => line.Contains("open from offset 1 on may have ended", StringComparison.Ordinal));
        Assert.Equal(["0=0"], ReadCommitted(log, 0));
        Assert.Equal(ErrorCode.CorruptMessage, ErrorAt(log, 1));
        Assert.Equal(ErrorCode.CorruptMessage, ErrorAt(log, 4));
        Assert.Equal(ErrorCode.None, ErrorAt(log, 5));
        Assert.Equal(["1=7/0/0"], Batches.ValuesOf(log.Read(1, 1 << 20, ReadBound.HighWatermark, atLeastOneBatch: true).Records));

        log.AppendOk(Batches.Marker(false, 7, 0), AppendOrigin.Coordinator);
        _fixture.Scheduler.RunAll();
        Assert.Equal(6, log.LastStableOffset);
        Assert.Equal(["1=7/0/0"], ReadCommitted(log, 1));
        Assert.Equal(["3=3", "4=4", "5=marker"], ReadCommitted(log, 3));
    }

    [Fact]
    public void The_doubt_outlives_a_checkpoint_behind_the_damage()
    {
        Damaged("kill");
        for (var start = 0; start < 2; start++)
        {
            var log = _fixture.Restart();
            Assert.Equal(ErrorCode.CorruptMessage, ErrorAt(log, 1));
            Assert.Contains(_fixture.Memory.ListFiles("/data/t-0"), static name => name == $"{5:D20}.snapshot");
        }
    }

    [Fact]
    public void A_transaction_that_is_open_behind_damage_holds_its_consumers_back_without_an_error()
    {
        var log = Damaged("kill");
        log.AppendOk(Batches.Marker(true, 7, 0), AppendOrigin.Coordinator);
        log.AppendOk(Batches.Idempotent(7, 0, 1, isTransactional: true));
        _fixture.Scheduler.RunAll();
        Assert.Equal(6, log.LastStableOffset);
        Assert.Equal(ErrorCode.None, ErrorAt(log, 6));
        Assert.Equal(ErrorCode.None, ErrorAt(_fixture.KillAndRestart(), 6));
    }

    // Batches of another segment in the place of the last one's: what was appended, and acknowledged, is not to be cut as torn.
    [Theory]
    [InlineData("kill")]
    [InlineData("power cut")]
    public void Whole_batches_of_other_offsets_at_the_end_are_damage(string end)
    {
        var log = _fixture.OpenLog();
        log.AppendOk(_batches[0]);
        log.AppendOk(_batches[1]);
        log.AppendOk(_batches[3]);
        log.AppendOk(_batches[4]);
        _fixture.Scheduler.RunAll();
        End(end);
        Overwrite(_batches[0].Length + _batches[1].Length, [.. _batches[0], .. _batches[0]]);
        log = _fixture.OpenLog();
        Assert.Equal(4, log.LogEndOffset);
        Assert.Equal(ErrorCode.CorruptMessage, log.Read(2, 1000, ReadBound.HighWatermark, atLeastOneBatch: true).Error);
    }

    private IPartitionLog Damaged(string end)
    {
        var log = _fixture.OpenLog();
        foreach (var batch in _batches)
            log.AppendOk(batch, AppendOrigin.Coordinator);
        _fixture.Scheduler.RunAll();
        Assert.Equal(5, log.LastStableOffset);
        End(end);

        // What a clean stop wrote of the producers is damaged, too: else it tells how the transaction ended.
        foreach (var name in _fixture.Memory.ListFiles("/data/t-0").Where(static name => name.EndsWith(".snapshot", StringComparison.Ordinal)))
            _fixture.Memory.Delete($"/data/t-0/{name}");
        Overwrite(_batches[0].Length + _batches[1].Length + 70, [0xff, 0xff]);
        return _fixture.OpenLog();
    }

    private void End(string end)
    {
        if (end == "stop")
            _fixture.Close();
        else if (end == "kill")
            _fixture.Kill();
        else
            _fixture.Cut();
        _fixture.Scheduler.RunAll();
    }

    private void Overwrite(int position, byte[] bytes)
    {
        using var file = _fixture.Memory.Open($"/data/t-0/{0:D20}.log", FileOpenKind.ReadWrite);
        file.Write(bytes, position);
        file.Sync();
    }

    private static List<string> ReadCommitted(IPartitionLog log, long offset) =>
        Batches.ValuesOf(log.Read(offset, 1 << 20, ReadBound.LastStable, atLeastOneBatch: true).Records);

    private static ErrorCode ErrorAt(IPartitionLog log, long offset)
    {
        var read = log.Read(offset, 1 << 20, ReadBound.LastStable, atLeastOneBatch: true);
        Assert.Equal(0, read.Records.Length);
        return read.Error;
    }
}

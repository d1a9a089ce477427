using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Verification;

namespace Chronik.Storage.Tests;

/// <summary>
/// Zeros from the middle of a batch up to the offset of a later one, whose checksum does not cover it: that batch is whole, but
/// its records must not be served as those of offset 0.
/// </summary>
public sealed class ZeroedSectorTests
{
    private readonly StoreFixture _fixture = new();

    [Theory]
    [InlineData("stop")]
    [InlineData("kill")]
    [InlineData("power cut")]
    public async Task A_batch_whose_offset_was_reached_by_the_damage_in_front_of_it_is_not_served_under_another(string end)
    {
        var log = _fixture.OpenLog();
        byte[][] batches = [Batches.Of("a", "b", new string('x', 500)), Batches.Of("d"), Batches.Of("e", "f", "g"), Batches.Of("h"), Batches.Of("i")];
        foreach (var batch in batches)
            log.AppendOk(batch);
        _fixture.Scheduler.RunAll();
        _fixture.Time.Advance(TimeSpan.FromMinutes(2));
        _fixture.Scheduler.RunAll();
        if (end == "stop")
            _fixture.Close();
        else if (end == "kill")
            _fixture.Kill();
        else
            _fixture.Cut();
        var third = batches[0].Length + batches[1].Length;
        using (var file = _fixture.Memory.Open($"/data/t-0/{0:D20}.log", FileOpenKind.ReadWrite))
        {
            file.Write(new byte[third + sizeof(long) - 200], 200);
            file.Sync();
        }

        var report = await StoreVerifier.VerifyAsync(new VerificationOptions { DataDirectory = "/data", Files = _fixture.Memory, Scheduler = TaskScheduler.Default });
        Assert.Contains(report.Findings, static finding => finding is { Kind: FindingKind.DamagedBatch, FirstOffset: 0, NextOffset: 7 });
        _fixture.Scheduler.RunAll();
        log = _fixture.OpenLog();
        for (var offset = 0; offset < 7; offset++)
            Assert.Equal(ErrorCode.CorruptMessage, log.Read(offset, 1000, ReadBound.HighWatermark, atLeastOneBatch: true).Error);
        Assert.Equal(["7=h", "8=i"], log.ReadAll(7));
    }
}

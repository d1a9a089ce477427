using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>A power cut loses whole sectors; where a batch has but a few bytes in one, only those are missing.</summary>
public sealed class TornSectorTests
{
    private const string File = "/data/t-0/00000000000000000000.log";
    private const int SectorBytes = 512;
    private readonly StoreFixture _fixture = new();

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(16)]
    [InlineData(40)]
    public void A_batch_whose_first_bytes_were_not_written_is_cut(int missing)
    {
        var (first, _) = Write(SectorBytes - missing, null);
        Zero(first, missing);
        ExpectCut();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(40)]
    public void A_batch_whose_last_bytes_were_not_written_is_cut(int missing)
    {
        var (first, second) = Write(100, missing);
        Zero(first + second - missing, missing);
        ExpectCut();
    }

    // A batch without headers ends in a zero. That it is in a sector of its own says nothing of what is wrong elsewhere.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_batch_that_is_wrong_elsewhere_is_kept_as_damage(int inLastSector)
    {
        var (first, second) = Write(100, inLastSector, "\0\0\0");
        using (var file = _fixture.Memory.Open(File, FileOpenKind.ReadWrite))
            file.Write("ab"u8, first + second - 200);
        var log = _fixture.OpenLog();
        Assert.Equal(3, log.LogEndOffset);
        Assert.Equal(ErrorCode.CorruptMessage, log.Read(2, 1 << 20, ReadBound.HighWatermark, true).Error);
    }

    // Two batches: offsets 0 and 1, and 2. Returns their sizes.
    private (int First, int Second) Write(int secondAt, int? endAt, string tail = "")
    {
        var log = _fixture.OpenLog();
        var first = Sized(length => (length % SectorBytes) == secondAt % SectorBytes, value => Batches.Of("a", value), tail);
        var second = Sized(
            length => length > 700 && (endAt is null || (first.Length + length) % SectorBytes == endAt), value => Batches.Of(value), tail);
        log.AppendOk(first);
        log.AppendOk(second);
        _fixture.Scheduler.RunAll();
        _fixture.Cut();
        _fixture.Scheduler.RunAll();
        return (first.Length, second.Length);
    }

    private static byte[] Sized(Func<int, bool> isRight, Func<string, byte[]> make, string tail) =>
        Enumerable.Range(1, 2000).Select(size => make(new string('x', size) + tail)).First(batch => isRight(batch.Length));

    private void Zero(int position, int count)
    {
        using var file = _fixture.Memory.Open(File, FileOpenKind.ReadWrite);
        file.Write(new byte[count], position);
    }

    private void ExpectCut()
    {
        var log = _fixture.OpenLog();
        Assert.Equal(2, log.LogEndOffset);
        Assert.Equal(2, log.AppendOk(Batches.Of("next")).BaseOffset);
        _fixture.Scheduler.RunAll();
        Assert.Equal("2=next", log.ReadAll()[^1]);
    }
}

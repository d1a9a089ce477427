using System.Buffers.Binary;
using Chronik.Protocol;
using Chronik.Records;
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

    // The file was longer already by the first bytes of the next batch.
    [Theory]
    [InlineData(2, 1)]
    [InlineData(4, 6)]
    [InlineData(16, 9)]
    public void A_batch_whose_last_bytes_were_not_written_is_cut_with_the_begin_of_the_next(int missing, int next)
    {
        var (first, second) = Write(100, missing);
        Zero(first + second - missing, missing + next);
        ExpectCut();
    }

    // With offset 4 it might as well be a flipped bit of an acknowledged batch.
    [Theory]
    [InlineData(2, 8)]
    [InlineData(2, 11)]
    [InlineData(3, 8)]
    [InlineData(3, 11)]
    [InlineData(256, 7)]
    public void A_batch_of_which_but_the_offset_was_not_written_gets_it_again(int offset, int missing)
    {
        var (first, second) = Write(SectorBytes - missing, null, before: offset - 1, secondLengthMax: 250);
        Zero(first, missing);
        var log = _fixture.OpenLog();
        Assert.Equal(offset + 1, log.LogEndOffset);
        Assert.Equal(offset + 1, log.ReadAll().Count);
        Assert.StartsWith($"{offset}=x", log.ReadAll()[^1], StringComparison.Ordinal);
        Assert.Empty(_fixture.Logged);

        // It is as it was, for whoever looks at the file next.
        _fixture.Cut();
        Assert.Equal(first + second, _fixture.Memory.Open(File, FileOpenKind.Read).Length);
        Assert.Equal(offset + 1, _fixture.OpenLog().ReadAll().Count);
    }

    // Nothing was lost by a kill, so there it is damage.
    [Fact]
    public void A_wrong_offset_after_a_kill_is_kept_as_damage()
    {
        var (first, _) = Write(SectorBytes - 8, null, before: 2, secondLengthMax: 250, isPowerCut: false);
        Zero(first, 8);
        var log = _fixture.OpenLog();
        Assert.Equal(4, log.LogEndOffset);
        Assert.Equal(ErrorCode.CorruptMessage, log.Read(3, 1 << 20, ReadBound.HighWatermark, true).Error);
    }

    // Of n bits of a batch, n in 2^32 torn ones have a checksum that one flipped bit would explain.
    [Fact]
    public void A_torn_batch_whose_checksum_looks_like_one_flipped_bit_is_cut()
    {
        const int crcAt = 17;
        const int attributesAt = 21;
        var (first, second) = Write(100, null, values: 200);
        Zero(2 * SectorBytes, SectorBytes);
        using (var file = _fixture.Memory.Open(File, FileOpenKind.ReadWrite))
        {
            var bytes = new byte[second];
            file.Read(bytes, first);
            bytes[^20] ^= 4;
            var crc = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(crc, Crc32C.Compute(bytes.AsSpan(attributesAt)));
            file.Write(crc, first + crcAt);
        }

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

    // Two batches: by default offsets 0 and 1, and 2. Returns their sizes.
    private (int First, int Second) Write(
        int secondAt, int? endAt, string tail = "", int before = 1, int secondLengthMax = int.MaxValue, bool isPowerCut = true, int values = 1)
    {
        var log = _fixture.OpenLog();
        var others = Enumerable.Repeat("a", before).ToArray();
        var first = Sized(length => (length % SectorBytes) == secondAt % SectorBytes, value => Batches.Of([.. others, value]), tail);
        var second = Sized(
            length => (length > 700 || secondLengthMax < 700) && (endAt is null || (first.Length + length) % SectorBytes == endAt),
            value => Batches.Of([.. Enumerable.Repeat(value, values)]),
            tail);
        Assert.InRange(second.Length, 1, secondLengthMax);
        log.AppendOk(first);
        log.AppendOk(second);
        _fixture.Scheduler.RunAll();
        if (isPowerCut)
            _fixture.Cut();
        else
            _fixture.Kill();
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

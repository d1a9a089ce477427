using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>One flipped bit, anywhere, after any end of the last run: no wrong byte is served, and nothing but its batch is lost.</summary>
public sealed class RecoveryDamageTests
{
    private const int BatchCount = 14;

    /// <summary>How the run before the flip ended.</summary>
    public enum End
    {
        Clean,
        Kill,
        PowerCut,
    }

    [Theory]
    [InlineData(End.Clean, false)]
    [InlineData(End.Clean, true)]
    [InlineData(End.Kill, false)]
    [InlineData(End.Kill, true)]
    [InlineData(End.PowerCut, false)]
    [InlineData(End.PowerCut, true)]
    public void A_flipped_bit_costs_its_batch_and_no_other(End end, bool isIdempotent)
    {
        var files = Write(end, isIdempotent, out _).Memory.ListFiles("/data/t-0").Where(static name => name.EndsWith(".log", StringComparison.Ordinal));
        foreach (var name in files)
        {
            for (var bit = 0L; ; bit += 37)
            {
                var fixture = Write(end, isIdempotent, out var written);
                if (!Flip(fixture, $"/data/t-0/{name}", bit))
                    break;
                var log = fixture.OpenLog();
                Assert.Equal(written.Sum(static batch => batch.Length), log.LogEndOffset);
                Check(log, written, $"{name}, bit {bit}");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damage_is_found_again_after_a_clean_restart(bool readBefore)
    {
        var fixture = Write(End.Kill, false, out var written);
        Flip(fixture, "/data/t-0/00000000000000000000.log", 800);
        var log = fixture.OpenLog();
        if (readBefore)
            Check(log, written, "before");
        Check(fixture.Restart(), written, "after");
        log = fixture.KillAndRestart();
        Check(log, written, "after kill");
        Assert.Equal(ErrorCode.CorruptMessage, Enumerable.Range(0, (int)log.LogEndOffset).Max(offset => log.Read(offset, 1 << 20, ReadBound.HighWatermark, true).Error));
    }

    [Fact]
    public void A_read_ends_before_damage_and_the_next_one_says_so()
    {
        var fixture = Write(End.Clean, false, out _);
        var size = Batches.Of("0.0").Length;
        Flip(fixture, "/data/t-0/00000000000000000000.log", ((size * 1L) + 70) * 8);
        var log = fixture.OpenLog();
        var result = log.Read(0, 1 << 20, ReadBound.HighWatermark, true);
        Assert.Equal((ErrorCode.None, size), (result.Error, result.Records.Length));
        result.Records.External?.Dispose();
        Assert.Equal(ErrorCode.CorruptMessage, log.Read(1, 1 << 20, ReadBound.HighWatermark, true).Error);
    }

    // Each batch has as many records as its number says, so that no two look alike.
    private static StoreFixture Write(End end, bool isIdempotent, out List<string[]> written)
    {
        var fixture = new StoreFixture { Config = new LogConfig { SegmentBytesMax = 700, IndexIntervalBytes = 150, RetentionMs = -1 } };
        var log = fixture.OpenLog();
        written = [];
        var sequence = 0;
        for (var i = 0; i < BatchCount; i++)
        {
            var count = 1 + (i % 3);
            if (isIdempotent)
            {
                log.AppendOk(Batches.Idempotent(7, 0, sequence, count));
                written.Add([.. Enumerable.Range(sequence, count).Select(static sequence => $"7/0/{sequence}")]);
                sequence += count;
            }
            else
            {
                written.Add([.. Enumerable.Range(0, count).Select(record => $"{i}.{record}")]);
                log.AppendOk(Batches.Of(1000 + i, written[^1]));
            }

            if (i == BatchCount / 2)
            {
                fixture.Scheduler.RunAll();
                fixture.Time.Advance(TimeSpan.FromMinutes(1));
            }
        }

        fixture.Scheduler.RunAll();
        if (end == End.Clean)
            fixture.Close();
        else if (end == End.Kill)
            fixture.Kill();
        else
            fixture.Cut();
        return fixture;
    }

    private static bool Flip(StoreFixture fixture, string path, long bit)
    {
        using var file = fixture.Memory.Open(path, FileOpenKind.ReadWrite);
        if (bit / 8 >= file.Length)
            return false;
        var one = new byte[1];
        file.Read(one, bit / 8);
        one[0] ^= (byte)(1 << (int)(bit % 8));
        file.Write(one, bit / 8);
        file.Sync();
        return true;
    }

    // Whatever is served is right; what is not served is one batch.
    private static void Check(IPartitionLog log, List<string[]> written, string context)
    {
        var first = 0L;
        var damaged = 0;
        foreach (var batch in written)
        {
            for (var i = 0; i < batch.Length; i++)
            {
                var result = log.Read(first + i, 1, ReadBound.HighWatermark, atLeastOneBatch: true);
                if (result.Error == ErrorCode.CorruptMessage)
                {
                    damaged += i == 0 ? 1 : 0;
                    continue;
                }

                Assert.True(result.Error == ErrorCode.None, $"{context}: offset {first + i}: {result.Error}");
                var expected = batch.Select((value, index) => $"{first + index}={value}");
                Assert.True(expected.SequenceEqual(Batches.ValuesOf(result.Records)), $"{context}: offset {first + i} is served wrong");
            }

            first += batch.Length;
        }

        Assert.True(damaged <= 1, $"{context}: {damaged} batches are lost");
    }
}

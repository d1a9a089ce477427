using System.Text;
using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>Every file beside the log may be missing, empty, cut, garbage or slightly wrong: nothing is lost by it.</summary>
public sealed class RecoveryFilesTests
{
    private const int BatchCount = 40;

    /// <summary>What happens to a file.</summary>
    public enum Fate
    {
        Missing,
        Empty,
        Cut,
        Garbage,
        FlippedBits,
        Zeros,
    }

    public static TheoryData<string, Fate, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, Fate, bool>();
            foreach (var file in (string[])["/data/recovery-point-offset-checkpoint", "/data/log-start-offset-checkpoint", "/data/.kafka_cleanshutdown", "/data/.chronik_run",
                "/data/t-0/leader-epoch-checkpoint", "/data/t-0/partition.metadata", ".snapshot", ".index", ".timeindex"])
            {
                foreach (var fate in Enum.GetValues<Fate>())
                {
                    cases.Add(file, fate, true);
                    cases.Add(file, fate, false);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_spoilt_file_loses_nothing(string file, Fate fate, bool isClean)
    {
        // Bits of a text are many; each of the others is tried at a few places.
        for (var place = 0; place < (fate is Fate.FlippedBits or Fate.Cut ? 24 : 1); place++)
        {
            var fixture = Write(isClean);
            Spoil(fixture, file, fate, place);
            var log = fixture.OpenLog();
            Check(log);
            Assert.Equal(BatchCount, log.AppendOk(Batches.Idempotent(7, 0, BatchCount)).BaseOffset);
            Assert.True(log.AppendOk(Batches.Idempotent(7, 0, BatchCount - 1)).IsDuplicate);
            fixture.Scheduler.RunAll();
            log = fixture.KillAndRestart();
            Check(log);
            Assert.Equal($"{BatchCount}=7/0/{BatchCount}", log.ReadAll(BatchCount)[0]);
            fixture.Close();
        }
    }

    [Theory]
    [InlineData("/data/t-0/partition.metadata")]
    [InlineData("/data/t-0/leader-epoch-checkpoint")]
    [InlineData("/data/log-start-offset-checkpoint")]
    [InlineData("/data/recovery-point-offset-checkpoint")]
    [InlineData(".snapshot")]
    [InlineData(".index")]
    public void Garbage_is_told_with_the_name_of_the_file(string file)
    {
        var fixture = Write(isClean: true);
        Spoil(fixture, file, Fate.Garbage, 0);
        fixture.Open();
        Assert.Contains(fixture.Logged, line => line.Contains(file[(file.LastIndexOf('/') + 1)..], StringComparison.Ordinal));
        fixture.Close();
    }

    [Fact]
    public void One_line_of_garbage_among_the_leader_epochs_is_told_and_they_come_from_the_log()
    {
        var fixture = Write(isClean: true);
        AtomicFile.WriteText(fixture.Memory, "/data/t-0/leader-epoch-checkpoint", "0\n2\n0 0\n1 w\n");
        fixture.Open();
        Assert.Contains("leader-epoch-checkpoint is missing or damaged", Assert.Single(fixture.Logged), StringComparison.Ordinal);
        fixture.Close();
    }

    [Fact]
    public void Garbage_of_what_was_compacted_is_told()
    {
        var fixture = Write(isClean: true);
        AtomicFile.WriteText(fixture.Memory, "/data/cleaner-offset-checkpoint", "what is this?\n");
        fixture.Open();
        Assert.Contains("/data/cleaner-offset-checkpoint is damaged", Assert.Single(fixture.Logged), StringComparison.Ordinal);
        fixture.Close();
    }

    [Fact]
    public void A_label_that_was_damaged_is_written_anew_and_lasts()
    {
        var fixture = Write(isClean: true);
        AtomicFile.WriteText(fixture.Memory, "/data/t-0/partition.metadata", $"version: 0\ntopic_id: B{StoreFixture.Topic.ToString()[1..]}\n");
        fixture.Open().Relabel(StoreFixture.Partition, StoreFixture.Topic);
        Assert.Contains("a character away", Assert.Single(fixture.Logged), StringComparison.Ordinal);
        var log = fixture.CrashAndRestart();
        Assert.Equal(StoreFixture.Topic, log.TopicId);
        Check(log);
        fixture.Close();
    }

    private static void Check(IPartitionLog log)
    {
        Assert.Equal((0L, true), (log.LogStartOffset, log.LogEndOffset >= BatchCount));
        Assert.Equal(Enumerable.Range(0, BatchCount).Select(static i => $"{i}=7/0/{i}"), log.ReadAll().Take(BatchCount));
        for (var i = 0; i < BatchCount; i++)
            Assert.Equal([$"{i}=7/0/{i}"], Batches.ValuesOf(log.Read(i, 1, ReadBound.HighWatermark, atLeastOneBatch: true).Records));
        for (var i = 0; i < BatchCount; i += 3)
            Assert.Equal(i, log.FindOffset(2000 + (i * 10) - 5)!.Value.Offset);
    }

    private static StoreFixture Write(bool isClean)
    {
        var fixture = new StoreFixture { Config = new LogConfig { SegmentBytesMax = 1000, IndexIntervalBytes = 150, RetentionMs = -1 } };
        var log = fixture.OpenLog();
        for (var i = 0; i < BatchCount; i++)
        {
            log.AppendOk(Batches.IdempotentAt(2000 + (i * 10), 7, 0, i));
            if (i == BatchCount / 2)
            {
                fixture.Scheduler.RunAll();
                fixture.Time.Advance(TimeSpan.FromMinutes(1));
            }
        }

        fixture.Scheduler.RunAll();
        if (isClean)
            fixture.Close();
        else
            fixture.Cut();
        return fixture;
    }

    private static void Spoil(StoreFixture fixture, string name, Fate fate, int place)
    {
        var files = name[0] == '/' ? [name] : fixture.Memory.ListFiles("/data/t-0").Where(file => file.EndsWith(name, StringComparison.Ordinal)).Select(static file => $"/data/t-0/{file}");
        foreach (var path in files.Where(fixture.Memory.FileExists).ToList())
        {
            if (fate == Fate.Missing)
            {
                fixture.Memory.Delete(path);
                continue;
            }

            using var file = fixture.Memory.Open(path, FileOpenKind.ReadWrite);
            var length = file.Length;
            switch (fate)
            {
                case Fate.Empty:
                    file.SetLength(0);
                    break;
                case Fate.Cut:
                    file.SetLength(length * place / 24);
                    break;
                case Fate.Garbage:
                    file.SetLength(0);
                    file.Write(Encoding.ASCII.GetBytes("what is this, and who wrote it here?\n"), 0);
                    break;
                case Fate.Zeros:
                    file.Write(new byte[length], 0);
                    break;
                case Fate.FlippedBits when length > 0:
                    var one = new byte[1];
                    var at = (length * 8 * place / 24) + (place % 8);
                    file.Read(one, Math.Min(at / 8, length - 1));
                    one[0] ^= (byte)(1 << (int)(at % 8));
                    file.Write(one, Math.Min(at / 8, length - 1));
                    break;
            }

            file.Sync();
        }
    }
}

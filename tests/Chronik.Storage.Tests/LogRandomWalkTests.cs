using System.Globalization;
using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>A log and a model of it go through the same random life: appends, commits, stops, kills, power cuts, failing disks.</summary>
public sealed class LogRandomWalkTests
{
    private const int StepsMax = 300;

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_was_durable_stays_and_what_is_visible_was_durable(int seed)
    {
        var random = new Random(seed);
        var fixture = new StoreFixture
        {
            OpenFilesMax = seed % 2 == 0 ? 1 : 100,
            Config = new LogConfig
            {
                SegmentBytesMax = random.Next(2) == 0 ? 1 << 20 : random.Next(300, 20_000),
                IndexIntervalBytes = random.Next(50, 5000),
                RetentionMs = -1,
            },
        };
        var written = new List<string>();
        var log = fixture.OpenLog();
        var durable = 0;
        for (var step = 0; step < StepsMax; step++)
        {
            var action = random.Next(100);
            if (action < 60)
            {
                Append(log, written, random, step);
            }
            else if (action < 80)
            {
                fixture.Scheduler.RunAll();
                durable = (int)log.HighWatermark;
            }
            else if (action < 84)
            {
                fixture.Time.Advance(TimeSpan.FromMinutes(1));
                fixture.Scheduler.RunAll();
                durable = (int)log.HighWatermark;
            }
            else if (action < 88)
            {
                fixture.Fault = random.Next(2) == 0 ? null : FailSyncs;
            }
            else if (action < 92)
            {
                fixture.Fault = null;
                var wasOnline = IsOnline(log, written);
                log = fixture.Restart();
                Assert.True(!wasOnline || log.LogEndOffset == written.Count);
                durable = Continue(log, written, durable);
            }
            else if (action < 96)
            {
                fixture.Fault = null;
                log = fixture.KillAndRestart();
                durable = Continue(log, written, durable);
            }
            else
            {
                fixture.Fault = null;
                log = fixture.CrashAndRestart(random.Next(2) == 0 ? random : null);
                durable = Continue(log, written, durable);
            }

            Check(log, written, durable, random);
        }
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    private static void Append(IPartitionLog log, List<string> written, Random random, int step)
    {
        var values = Enumerable.Range(0, random.Next(1, 4))
            .Select(i => $"{step}.{i}{new string('x', random.Next(8) == 0 ? random.Next(9000) : random.Next(30))}").ToArray();
        var result = log.Append(Batches.Of(values), AppendOrigin.Client);
        if (result.Error == ErrorCode.RecordListTooLarge || result.Error == ErrorCode.KafkaStorageError)
            return;
        Assert.Equal((ErrorCode.None, (long)written.Count), (result.Error, result.BaseOffset));
        written.AddRange(values);
    }

    // Whether the log takes writes shows in whether it takes one.
    private static bool IsOnline(IPartitionLog log, List<string> written)
    {
        if (log.Append(Batches.Of("probe"), AppendOrigin.Client).Error != ErrorCode.None)
            return false;
        written.Add("probe");
        return true;
    }

    // After a start everything that is there counts as durable; what was durable before is among it.
    private static int Continue(IPartitionLog log, List<string> written, int durable)
    {
        Assert.InRange(log.LogEndOffset, durable, written.Count);
        Assert.Equal(log.LogEndOffset, log.HighWatermark);
        written.RemoveRange((int)log.LogEndOffset, written.Count - (int)log.LogEndOffset);
        return written.Count;
    }

    private static void Check(IPartitionLog log, List<string> written, int durable, Random random)
    {
        Assert.InRange(log.HighWatermark, durable, written.Count);
        if (log.HighWatermark == 0)
            return;
        var offset = random.Next((int)log.HighWatermark);
        var result = log.Read(offset, random.Next(100, 30_000), ReadBound.HighWatermark, atLeastOneBatch: true);
        Assert.Equal(ErrorCode.None, result.Error);
        var read = Batches.ValuesOf(result.Records);
        Assert.NotEmpty(read);
        var first = int.Parse(read[0].Split('=')[0], CultureInfo.InvariantCulture);
        Assert.InRange(offset, first, first + read.Count - 1);
        Assert.InRange(first + read.Count, 1, (int)log.HighWatermark);
        for (var i = 0; i < read.Count; i++)
            Assert.Equal($"{first + i}={written[first + i]}", read[i]);
    }

    private static IOException? FailSyncs(FileOperation operation, string path) =>
        operation is FileOperation.Sync or FileOperation.SyncFileSystem && path.Contains("/t-0", StringComparison.Ordinal)
            ? FaultyFileSystem.Error(FaultyFileSystem.Eio)
            : null;
}

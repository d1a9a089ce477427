using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>A disk that cannot be read while a log is appended to after a start, when it looks at what the last run left.</summary>
public sealed class UnreadableDiskTests
{
    private readonly StoreFixture _fixture = new() { Config = new LogConfig { IndexIntervalBytes = 1 } };

    private const int ReadsMax = 8;

    public static MatrixTheoryData<int, bool> Reads => new(Enumerable.Range(0, ReadsMax), [false, true]);

    [Theory]
    [MemberData(nameof(Reads))]
    public void An_append_whichever_read_of_it_fails_is_taken_or_refused_as_a_whole(int read, bool isForGood)
    {
        var log = _fixture.OpenLog();
        for (var i = 0; i < 4; i++)
            log.AppendOk(Batches.Of(1000 + i, $"{i}"));
        log = _fixture.Restart();

        var reads = 0;
        _fixture.Fault = (operation, _) => operation == FileOperation.Read && (reads++ == read || (isForGood && reads > read))
            ? FaultyFileSystem.Error(FaultyFileSystem.Eio)
            : null;
        byte[] two = [.. Batches.Of(2000, "4"), .. Batches.Of(3000, "5")];
        var result = log.Append(two, AppendOrigin.Client);

        // What fails once may be made up for: it is read again, or is only a hint.
        if (isForGood || reads <= read || result.Error != ErrorCode.None)
            Assert.Equal(reads > read ? ErrorCode.KafkaStorageError : ErrorCode.None, result.Error);
        Assert.Equal(result.Error == ErrorCode.None ? 6 : 4, log.LogEndOffset);

        _fixture.Fault = null;
        if (result.Error != ErrorCode.None)
            Assert.Equal(4, log.AppendOk([.. Batches.Of(2000, "4"), .. Batches.Of(3000, "5")]).BaseOffset);
        _fixture.Scheduler.RunAll();
        string[] expected = ["0=0", "1=1", "2=2", "3=3", "4=4", "5=5"];
        Assert.Equal(expected, log.ReadAll());
        Assert.Equal(expected, _fixture.CrashAndRestart().ReadAll());
    }

    [Fact]
    public void An_append_after_a_start_reads_what_the_last_run_left()
    {
        _fixture.OpenLog().AppendOk(Batches.Of("0"));
        var log = _fixture.Restart();
        var reads = 0;
        _fixture.Fault = (operation, _) =>
        {
            reads += operation == FileOperation.Read ? 1 : 0;
            return null;
        };
        log.AppendOk(Batches.Of("1"));
        Assert.InRange(reads, 2, ReadsMax - 1);
    }
}

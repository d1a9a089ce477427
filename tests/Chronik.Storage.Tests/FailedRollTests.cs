using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>
/// A new segment that could not be made although its name was (opening a file to write it anew is two system calls). Records that
/// fit go on in the old segment, past the offset of that name.
/// </summary>
public sealed class FailedRollTests
{
    private readonly StoreFixture _fixture = new() { Config = new LogConfig { SegmentBytesMax = 1000 } };
    private readonly List<string> _acknowledged = [];
    private IPartitionLog _log;

    public FailedRollTests() => _log = _fixture.OpenLog();

    [Theory]
    [InlineData("stop", false)]
    [InlineData("kill", false)]
    [InlineData("power cut", false)]
    [InlineData("stop", true)]
    [InlineData("kill", true)]
    [InlineData("power cut", true)]
    public void The_records_that_follow_are_kept(string end, bool rollsAgain)
    {
        Append("a", 400);
        FailTheRoll();
        Append("b", 100);
        Append("c", 100);
        if (rollsAgain)
            Append("d", 800);
        Restart(end);
        Assert.Equal(_acknowledged, _log.ReadAll());
        Assert.DoesNotContain(_fixture.Logged, static line => line.Contains("damaged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_acknowledged_while_the_name_cannot_be_removed()
    {
        Append("a", 400);
        FailTheRoll();
        _fixture.Fault = static (operation, _) => operation == FileOperation.Delete ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null;
        Assert.Equal(ErrorCode.KafkaStorageError, _log.Append(Batches.Of("b"), AppendOrigin.Client).Error);
        _fixture.Fault = static (operation, _) => operation == FileOperation.SyncDirectory ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null;
        Assert.Equal(ErrorCode.None, _log.Append(Batches.Of("b"), AppendOrigin.Client).Error);
        var durable = _log.WhenDurable(2).AsTask();
        _fixture.Scheduler.RunAll();
        Assert.NotEqual(ErrorCode.None, await durable);
    }

    [Fact]
    public void A_name_left_by_an_earlier_version_takes_no_records()
    {
        Append("a", 100);
        Append("b", 100);
        Append("c", 850);
        _fixture.Close();
        using (_fixture.Memory.Open($"/data/t-0/{1:D20}.log", FileOpenKind.CreateOrTruncate))
        {
        }

        _log = _fixture.OpenLog();
        Assert.Equal(_acknowledged, _log.ReadAll());
        Assert.Equal([0, 2], _log.SegmentBaseOffsets());
        Assert.Contains(_fixture.Logged, static line => line.Contains($"{1:D20}.log is empty", StringComparison.Ordinal));
    }

    private void FailTheRoll()
    {
        _fixture.Fault = static (operation, path) =>
            operation == FileOperation.Empty && path.EndsWith(".log", StringComparison.Ordinal) ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null;
        Assert.Equal(ErrorCode.KafkaStorageError, _log.Append(Batches.OfSize(800), AppendOrigin.Client).Error);
        _fixture.Fault = null;
        Assert.True(_fixture.Memory.FileExists($"/data/t-0/{_log.LogEndOffset:D20}.log"));
    }

    private void Append(string value, int bytes)
    {
        var padded = value.PadRight(bytes);
        _log.AppendOk(Batches.Of(padded));
        _acknowledged.Add($"{_acknowledged.Count}={padded}");
        _fixture.Scheduler.RunAll();
        Assert.Equal(_log.LogEndOffset, _log.HighWatermark);
    }

    private void Restart(string end) => _log = end switch
    {
        "stop" => _fixture.Restart(),
        "kill" => _fixture.KillAndRestart(),
        _ => _fixture.CrashAndRestart(),
    };
}

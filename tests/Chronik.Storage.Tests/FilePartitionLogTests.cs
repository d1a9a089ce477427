using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>The contract, on files.</summary>
public sealed class FilePartitionLogTests : PartitionLogContract
{
    private readonly StoreFixture _fixture = new();

    public FilePartitionLogTests() => CurrentLog = _fixture.OpenLog();

    protected override IPartitionLog Log => CurrentLog;

    private IPartitionLog CurrentLog { get; set; }

    protected override void Commit() => _fixture.Scheduler.RunAll();

    protected override void Restart() => CurrentLog = _fixture.Restart();

    protected override void Wait(long milliseconds) => _fixture.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
}

/// <summary>The contract, on files, with each restart a kill.</summary>
public sealed class KilledPartitionLogTests : PartitionLogContract
{
    private readonly StoreFixture _fixture = new();

    public KilledPartitionLogTests() => CurrentLog = _fixture.OpenLog();

    protected override IPartitionLog Log => CurrentLog;

    private IPartitionLog CurrentLog { get; set; }

    protected override void Commit() => _fixture.Scheduler.RunAll();

    protected override void Restart() => CurrentLog = _fixture.KillAndRestart();

    protected override void Wait(long milliseconds) => _fixture.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
}

/// <summary>The contract, on files, in the smallest segments.</summary>
public sealed class ManySegmentsPartitionLogTests : PartitionLogContract
{
    private readonly StoreFixture _fixture = new() { Config = new LogConfig { SegmentBytesMax = 5500, IndexIntervalBytes = 100 } };

    public ManySegmentsPartitionLogTests() => CurrentLog = _fixture.OpenLog();

    protected override IPartitionLog Log => CurrentLog;

    private IPartitionLog CurrentLog { get; set; }

    protected override void Commit() => _fixture.Scheduler.RunAll();

    protected override void Restart() => CurrentLog = _fixture.Restart();

    protected override void Wait(long milliseconds) => _fixture.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
}

using Chronik.Storage.Log;
using Chronik.Storage.Verification;

namespace Chronik.Storage.Tests;

/// <summary>A trim forgets the leader epochs below the log's start, whose batches may still stand in the file.</summary>
public sealed class TrimmedEpochTests
{
    private readonly StoreFixture _fixture = new() { Config = new LogConfig { FlushOs = true } };

    [Theory]
    [InlineData(1, 2)]
    [InlineData(1, 3)]
    [InlineData(2, 4)]
    [InlineData(3, 7)]
    public void A_log_that_was_trimmed_within_the_first_batch_of_its_last_epoch_is_served(int epochs, int start)
    {
        var log = WithEpochs(epochs);
        _fixture.Scheduler.Run(() => log.TrimAsync(start).AsTask());
        ExpectAll(_fixture.Restart(), start, end: 1 + (3 * epochs));
        ExpectAll(_fixture.KillAndRestart(), start, end: 1 + (3 * epochs));
        _fixture.Kill();
        Assert.Empty(Damage());
    }

    // What is there of epochs 1 and 2 is a single batch each, whose neighbours are of other epochs.
    [Fact]
    public void Epochs_that_were_trimmed_away_make_no_batch_of_them_damage()
    {
        var log = WithEpochs(3);
        log.AppendOk(Batches.Of("last"));
        _fixture.Scheduler.Run(() => log.TrimAsync(10).AsTask());
        _fixture.Restart().AppendOk(Batches.Of("more"));
        _fixture.Logged.Clear();
        log = _fixture.KillAndRestart();
        Assert.Empty(_fixture.Logged);
        Assert.Equal(["10=last", "11=more"], log.ReadAll(10));
        _fixture.Close();
        Assert.Empty(Damage());
    }

    // One record of epoch 0, then three of each further epoch.
    private IPartitionLog WithEpochs(int epochs)
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Of("a"));
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            _fixture.Time.Advance(TimeSpan.FromMinutes(1));
            _fixture.Scheduler.RunAll();
            log = _fixture.CrashAndRestart();
            Assert.Equal(epoch, log.LeaderEpoch);
            log.AppendOk(Batches.Of("b", "c", "d"));
        }

        return log;
    }

    private IEnumerable<LogFinding> Damage() =>
        _fixture.Scheduler.Run(() => StoreVerifier.VerifyAsync(new VerificationOptions
        {
            DataDirectory = "/data",
            Files = _fixture.Memory,
            Scheduler = _fixture.Scheduler,
            IsDeep = true,
        })).Findings.Where(static finding => finding.Severity == FindingSeverity.Damage);

    private static void ExpectAll(IPartitionLog log, int start, int end)
    {
        Assert.Equal((start, end), (log.LogStartOffset, log.LogEndOffset));
        Assert.EndsWith($"{end - 1}=d", string.Join(' ', log.ReadAll(start)), StringComparison.Ordinal);
    }
}

using Chronik.Storage.Log;

namespace Chronik.Storage.Tests;

/// <summary>With flush=os a power cut may take all that was not trimmed. The log goes on at its start, and knows nothing of before.</summary>
public sealed class StartAnewTests
{
    private readonly StoreFixture _fixture = new();

    [Fact]
    public void A_transaction_whose_end_a_power_cut_took_with_the_whole_log_does_not_hold_up_readers()
    {
        var log = _fixture.OpenLog();
        log.AppendOk(Batches.Idempotent(7, 0, 0, isTransactional: true));
        log = _fixture.Restart();
        Assert.Equal(0, log.LastStableOffset);

        log.Config = _fixture.Config = _fixture.Config with { FlushOs = true };
        log.AppendOk(Batches.Marker(commit: true, 7, 0), AppendOrigin.Coordinator);
        Assert.Equal(2, _fixture.Scheduler.Run(() => log.TrimAsync(2).AsTask()));

        log = _fixture.CrashAndRestart();
        Assert.Equal((2, 2), (log.LogStartOffset, log.LogEndOffset));
        log.AppendOk(Batches.Of("next"));
        Assert.Equal(3, log.LastStableOffset);
        Assert.Equal(3, _fixture.Restart().LastStableOffset);
    }
}

namespace Chronik.Campaigns.RealBroker;

/// <summary>Something that was asked of the broker: when, and when the broker said that it is done. In ticks of <see cref="Ledger.Now"/>.</summary>
internal sealed class Moment
{
    private long _asked = long.MaxValue;
    private long _answered = long.MaxValue;

    public long AskedAt => Interlocked.Read(ref _asked);

    public long AnsweredAt => Interlocked.Read(ref _answered);

    public void Ask(long now) => Interlocked.CompareExchange(ref _asked, now, long.MaxValue);

    public void Answer(long now) => Interlocked.Exchange(ref _answered, now);
}

namespace Chronik.Storage;

/// <summary>Lets one through in a minute: what goes wrong for each request is told once.</summary>
internal sealed class NowAndThen
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);
    private long _last;

    /// <summary>True if it is time to tell again.</summary>
    public bool TryTell(TimeProvider time)
    {
        var now = time.GetTimestamp();
        var last = Interlocked.Read(ref _last);
        return (last == 0 || time.GetElapsedTime(last, now) >= s_interval) && Interlocked.CompareExchange(ref _last, now, last) == last;
    }
}

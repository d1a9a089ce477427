using Microsoft.Extensions.Logging;

namespace Chronik.Storage.Recovery;

/// <summary>Tells every few seconds how far the start has come, so that a long one is not taken for a hang.</summary>
internal sealed class LoadProgress : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(3);
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly int _count;
    private readonly long _startedAt;
    private int _opened;
    private long _scannedBytes;

    /// <param name="count">Logs that there are to open.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it is told.</param>
    public LoadProgress(int count, TimeProvider time, ILogger logger)
    {
        _count = count;
        _time = time;
        _logger = logger;
        _startedAt = time.GetTimestamp();
        _timer = time.CreateTimer(static state => ((LoadProgress)state!).Tell(), this, s_interval, s_interval);
    }

    /// <summary>Since the start.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_startedAt);

    /// <summary>Bytes behind recovery points that were read.</summary>
    public long ScannedBytes => Interlocked.Read(ref _scannedBytes);

    /// <summary>One more log is open.</summary>
    public void Add(long scannedBytes)
    {
        Interlocked.Add(ref _scannedBytes, scannedBytes);
        Interlocked.Increment(ref _opened);
    }

    public void Dispose() => _timer.Dispose();

    private void Tell() => _logger.Recovering(Volatile.Read(ref _opened), _count, ScannedBytes >> 20);
}

namespace Chronik.Client.Connections;

/// <summary>The pauses between attempts, growing, and when to give up.</summary>
internal sealed class RetryPause
{
    private const int GrowthMax = 10;

    private readonly KafkaClientOptions _options;
    private readonly long _start;
    private int _growth = 1;

    public RetryPause(KafkaClientOptions options)
    {
        _options = options;
        _start = options.TimeProvider.GetTimestamp();
    }

    public bool HasTimeLeft => _options.TimeProvider.GetElapsedTime(_start) < _options.RetryTimeout;

    public async Task WaitAsync(CancellationToken cancellation)
    {
        await Task.Delay(_options.RetryBackoff * _growth, _options.TimeProvider, cancellation);
        _growth = Math.Min(_growth * 2, GrowthMax);
    }
}

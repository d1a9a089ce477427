namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>A batch that a producer sent, as often as it took.</summary>
internal sealed class SentBatch(string topic, int partition, long producerId, int baseSequence)
{
    private int _open;
    private long _lastEnd = -1;

    public string Topic => topic;

    public int Partition => partition;

    /// <summary>-1: of a plain producer, which may be there as often as it was sent.</summary>
    public long ProducerId => producerId;

    public int BaseSequence => baseSequence;

    public byte[] Bytes { get; set; } = [];

    public SentRecord[] Records { get; set; } = [];

    public int Attempts { get; private set; }

    /// <summary>Where it was acknowledged; -1: it was not.</summary>
    public long Offset { get; set; } = -1;

    /// <summary>The topic that it was acknowledged in.</summary>
    public Incarnation? In { get; set; }

    /// <summary>It is sent, once more.</summary>
    public void Begin()
    {
        Attempts++;
        _open++;
    }

    /// <summary>One sending was answered: nothing more comes of it.</summary>
    public void End(long now)
    {
        _open--;
        _lastEnd = now;
    }

    /// <summary>The process that it was sent to is gone.</summary>
    public void EndAll(long now)
    {
        if (_open > 0)
            _lastEnd = now;
        _open = 0;
    }

    /// <summary>It may have been written after that time.</summary>
    public bool MayBeIn(long since) => _open > 0 || _lastEnd > since;

    public override string ToString() =>
        $"[{topic}-{partition}{(producerId >= 0 ? $" {producerId}/{baseSequence}" : "")} x{Records.Length}, sent {Attempts} times{(Offset >= 0 ? $", acknowledged at {Offset}" : "")}]";
}

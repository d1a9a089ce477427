namespace Chronik.Campaigns.RealBroker;

/// <summary>All that one writer sent to its partition, in order.</summary>
internal sealed class WriterStory(int number, TopicStory topic, int partition, bool isIdempotent)
{
    private readonly Lock _lock = new();
    private readonly List<RecordStory> _records = [];
    private long _youngest = long.MinValue;

    /// <summary>Unique in its topic.</summary>
    public int Number => number;

    public TopicStory Topic => topic;

    public int Partition => partition;

    /// <summary>Whether each of its records may be there once only.</summary>
    public bool IsIdempotent => isIdempotent;

    /// <summary>Whether a record was acknowledged that was sent after a moment.</summary>
    public bool GotThroughSince(long moment)
    {
        lock (_lock)
            return _youngest > moment;
    }

    /// <summary>How its last record that failed did.</summary>
    public string Trouble { get; set; } = "";

    /// <summary>Notes a record before it is sent; returns its sequence in this story.</summary>
    public int Sending(long now)
    {
        lock (_lock)
        {
            _records.Add(new RecordStory(now));
            return _records.Count - 1;
        }
    }

    public void Acknowledged(int sequence, long now, long offset)
    {
        lock (_lock)
        {
            _records[sequence] = _records[sequence] with { AcknowledgedAt = now, Offset = offset };
            _youngest = Math.Max(_youngest, _records[sequence].SentAt);
        }
    }

    public RecordStory[] Snapshot()
    {
        lock (_lock)
            return [.. _records];
    }
}

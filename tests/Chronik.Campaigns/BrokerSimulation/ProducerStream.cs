namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>What an idempotent producer sends to one partition.</summary>
internal sealed class ProducerStream(long changes)
{
    /// <summary>The topic's changes when it began: later the topic may be another one.</summary>
    public long Changes => changes;

    public int NextSequence { get; set; }

    /// <summary>Sent and not acknowledged, in order.</summary>
    public List<SentBatch> InFlight { get; } = [];

    /// <summary>Acknowledged, the last few.</summary>
    public Queue<SentBatch> Acknowledged { get; } = new();

    /// <summary>Requests under way that will be answered, if at all, on the connection there is.</summary>
    public int Waiting { get; set; }
}

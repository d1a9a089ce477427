namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>What an idempotent producer sends to one partition.</summary>
internal sealed class ProducerStream(long changes)
{
    /// <summary>The topic's changes when it began: later the topic may be another one.</summary>
    public long Changes => changes;

    /// <summary>
    /// The disk refused something of it: if that was the first, the next one counts as the first, for a log takes any sequence of a
    /// producer that it does not know, as Kafka's does.
    /// </summary>
    public bool HadTrouble { get; set; }

    public int NextSequence { get; set; }

    /// <summary>Sent and not acknowledged, in order.</summary>
    public List<SentBatch> InFlight { get; } = [];

    /// <summary>Acknowledged, the last few by their sequences: answers may be heard in any order.</summary>
    public SortedDictionary<int, SentBatch> Acknowledged { get; } = [];

    /// <summary>Where the first in flight was sent last: those behind it go the same way, or wait until it is sent again.</summary>
    public WireConnection? Connection { get; set; }

    /// <summary>Requests under way that will be answered, if at all, on the connection there is.</summary>
    public int Waiting { get; set; }
}

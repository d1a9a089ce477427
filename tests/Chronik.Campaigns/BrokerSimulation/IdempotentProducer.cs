namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>A producer that must not write anything twice: what was not answered it sends again, in order.</summary>
internal sealed class IdempotentProducer(string name)
{
    public string Name => name;

    /// <summary>-1: it has none yet.</summary>
    public long ProducerId { get; set; } = -1;

    public bool IsBusy { get; set; }

    /// <summary>What it sends next, in this order.</summary>
    public Queue<(ProducerStream Stream, Incarnation Topic, SentBatch Batch)> Outbox { get; } = new();

    public SortedDictionary<(string Topic, int Partition), ProducerStream> Streams { get; } = [];

    /// <summary>Begins anew under another id; nobody will know what came of what was not answered.</summary>
    public void Reset()
    {
        ProducerId = -1;
        Streams.Clear();
    }

    /// <summary>Its connection is gone, and all answers with it.</summary>
    public void Disconnect()
    {
        IsBusy = false;
        Outbox.Clear();
        foreach (var stream in Streams.Values)
            stream.Waiting = 0;
    }
}

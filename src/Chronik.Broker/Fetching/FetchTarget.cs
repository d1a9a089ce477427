using Chronik.Protocol.Messages;

namespace Chronik.Broker.Fetching;

/// <summary>A partition that a client fetches. In a session (KIP-227) it lives from request to request: keep it small.</summary>
internal sealed class FetchTarget(FetchKey key)
{
    /// <summary>Which partition.</summary>
    public FetchKey Key { get; private set; } = key;

    /// <summary>The next record wanted.</summary>
    public long FetchOffset { get; private set; }

    /// <summary>At most so many bytes of this partition.</summary>
    public int BytesMax { get; private set; }

    /// <summary>The leader epoch that the client knows, or -1.</summary>
    public int CurrentLeaderEpoch { get; private set; } = -1;

    /// <summary>The epoch of the last record that the client has, or -1 (KIP-320).</summary>
    public int LastFetchedEpoch { get; private set; } = -1;

    /// <summary>The high watermark that the session's client was told last; -1 for none.</summary>
    public long ToldHighWatermark { get; set; } = -1;

    /// <summary>The log start that the session's client was told last; -1 for none.</summary>
    public long ToldLogStartOffset { get; set; } = -1;

    /// <summary>The session's answer that is being made has records of it.</summary>
    public bool HasRecords { get; set; }

    /// <summary>Names its topic by the topic's own string, so that sessions do not keep one each.</summary>
    public void ShareName(string topic)
    {
        if (!ReferenceEquals(Key.Topic, topic))
        {
            Key = Key with { Topic = topic };
        }
    }

    /// <summary>Takes over what a request says of it.</summary>
    public void Update(FetchRequest.FetchPartition asked)
    {
        FetchOffset = asked.FetchOffset;
        BytesMax = Math.Max(asked.PartitionMaxBytes, 0);
        CurrentLeaderEpoch = Math.Max(-1, asked.CurrentLeaderEpoch);
        LastFetchedEpoch = asked.LastFetchedEpoch;
    }
}

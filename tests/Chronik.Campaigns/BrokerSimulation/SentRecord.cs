namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>A record that a producer sent at least once: it carries its number in a header.</summary>
internal sealed class SentRecord(SentBatch batch, int number, byte[] key, byte[]? value, long timestamp)
{
    public SentBatch Batch => batch;

    public int Number => number;

    public byte[] Key => key;

    /// <summary>Null: a tombstone.</summary>
    public byte[]? Value => value;

    public long Timestamp => timestamp;

    public override string ToString() => $"record {number} of {batch}";
}

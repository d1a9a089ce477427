namespace Chronik.Campaigns.RealBroker;

/// <summary>What is known of a record: when it was sent, when the broker acknowledged it, and at which offset.</summary>
/// <param name="SentAt">Ticks of <see cref="Ledger.Now"/>.</param>
/// <param name="AcknowledgedAt">The same; <see cref="long.MaxValue"/>: not (yet).</param>
/// <param name="Offset">The offset of the acknowledgement; -1 where it had none.</param>
internal readonly record struct RecordStory(long SentAt, long AcknowledgedAt = long.MaxValue, long Offset = -1)
{
    public bool IsAcknowledged => AcknowledgedAt != long.MaxValue;
}

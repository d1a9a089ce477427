namespace Chronik.Storage.Log;

/// <summary>What a partition knows of an idempotent or transactional producer (KIP-664).</summary>
/// <param name="ProducerId">Its id.</param>
/// <param name="Epoch">The epoch of its last batch or marker.</param>
/// <param name="LastSequence">The sequence number of its last record, or -1 where it has written none in this epoch.</param>
/// <param name="LastTimestampMs">When the broker last took a batch or a marker of it, milliseconds since 1970.</param>
/// <param name="CoordinatorEpoch">The epoch of the coordinator that last ended a transaction of it, or -1.</param>
/// <param name="TransactionFirstOffset">The first offset of the transaction that it has open, or -1.</param>
public readonly record struct ActiveProducer(
    long ProducerId, short Epoch, int LastSequence, long LastTimestampMs, int CoordinatorEpoch, long TransactionFirstOffset);

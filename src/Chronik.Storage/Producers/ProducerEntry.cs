namespace Chronik.Storage.Producers;

/// <summary>What a partition remembers of one producer.</summary>
internal sealed class ProducerEntry(long producerId)
{
    public const long NoTransaction = -1;
    public const int NoCoordinator = -1;
    private const short NoEpoch = -1;
    private ProducerBatches _batches;

    public long ProducerId { get; } = producerId;

    public short Epoch { get; set; } = NoEpoch;

    public int CoordinatorEpoch { get; set; } = NoCoordinator;

    public long LastTimestampMs { get; set; } = -1;

    /// <summary>The first offset of the transaction that is open, or -1.</summary>
    public long TransactionFirstOffset { get; set; } = NoTransaction;

    public int BatchCount { get; private set; }

    public bool HasEpoch => Epoch != NoEpoch;

    public int LastSequence => BatchCount == 0 ? Sequences.None : _batches[BatchCount - 1].LastSequence;

    /// <summary>A batch, 0 the oldest that is remembered.</summary>
    public ProducerBatch this[int index] => _batches[index];

    public void Add(ProducerBatch batch)
    {
        if (BatchCount == ProducerBatches.Length)
        {
            ((Span<ProducerBatch>)_batches)[1..].CopyTo(_batches);
            BatchCount--;
        }

        _batches[BatchCount++] = batch;
    }

    /// <summary>A new epoch: its sequence starts anew.</summary>
    public void StartEpoch(short epoch)
    {
        if (epoch == Epoch)
            return;
        Epoch = epoch;
        BatchCount = 0;
    }

    /// <summary>The batch that was appended with exactly this epoch and these sequence numbers.</summary>
    public bool TryFindDuplicate(short epoch, int firstSequence, int lastSequence, out ProducerBatch duplicate)
    {
        for (var i = 0; epoch == Epoch && i < BatchCount; i++)
        {
            duplicate = _batches[i];
            if (duplicate.FirstSequence == firstSequence && duplicate.LastSequence == lastSequence)
                return true;
        }

        duplicate = default;
        return false;
    }
}

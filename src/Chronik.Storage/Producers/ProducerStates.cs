using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Indexes;
using Chronik.Storage.Log;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Producers;

/// <summary>
/// The producers of one partition: sequence numbers of idempotent ones, open transactions (KIP-98). The partition's append
/// lock guards it.
/// </summary>
internal sealed class ProducerStates
{
    private readonly Dictionary<long, ProducerEntry> _producers = [];
    private readonly SortedList<long, UnstableTransaction> _unstable = [];

    public int Count => _producers.Count;

    public IEnumerable<ProducerEntry> Entries => _producers.Values;

    /// <summary>The oldest transaction that is not decided and durable; no record from it on is stable.</summary>
    public UnstableTransaction? FirstUnstable => _unstable.Count == 0 ? null : _unstable.Values[0];

    /// <summary>Whether a batch of an idempotent producer may be appended, or was already.</summary>
    public ErrorCode Check(RecordBatchView batch, AppendOrigin origin, out ProducerBatch? duplicate, out string? message)
    {
        duplicate = null;
        message = null;
        if (!_producers.TryGetValue(batch.ProducerId, out var entry))
            return ErrorCode.None;
        var epoch = batch.ProducerEpoch;
        if (origin == AppendOrigin.Client && entry.TryFindDuplicate(epoch, batch.BaseSequence, batch.LastSequence, out var found))
        {
            duplicate = found;
            return ErrorCode.None;
        }

        if (epoch < entry.Epoch || IsLateMarker(epoch, entry, origin))
        {
            message = $"Epoch {epoch} of producer {entry.ProducerId} is older than the last seen one, {entry.Epoch}.";
            return ErrorCode.InvalidProducerEpoch;
        }

        return batch.IsControl ? CheckMarker(batch, entry, out message) : CheckData(batch, entry, out message);
    }

    /// <summary>Takes an appended batch in; the aborted transaction that it ended, if it did.</summary>
    public AbortedRange? Apply(RecordBatchView batch, LogPosition? at, long nowMs)
    {
        if (batch.IsControl)
            return TransactionMarker.TryRead(batch, out var marker) ? ApplyMarker(batch, marker, nowMs) : null;
        var entry = GetOrAdd(batch.ProducerId);
        entry.StartEpoch(batch.ProducerEpoch);
        entry.LastTimestampMs = batch.TimestampType == TimestampType.LogAppendTime ? batch.MaxTimestamp : nowMs;
        entry.Add(new ProducerBatch(batch.LastSequence, batch.LastOffset, batch.LastOffsetDelta, entry.LastTimestampMs));
        if (batch.IsTransactional && entry.TransactionFirstOffset == ProducerEntry.NoTransaction)
        {
            entry.TransactionFirstOffset = batch.BaseOffset;
            _unstable[batch.BaseOffset] = new UnstableTransaction(batch.BaseOffset, at, MarkerOffset: -1);
        }

        return null;
    }

    /// <summary>The first offsets of open transactions whose markers may lie in damage.</summary>
    public IEnumerable<long> Doubtful =>
        _unstable.Values.Where(static transaction => transaction is { IsOpen: true, MayHaveEnded: true }).Select(static transaction => transaction.FirstOffset);

    /// <summary>Records are missing here, among which markers may have been: whatever is open now may have ended.</summary>
    public void OnLostRecords()
    {
        foreach (var first in _unstable.Where(static pair => pair.Value.IsOpen).Select(static pair => pair.Key).ToArray())
            Doubt(first);
    }

    /// <summary>Restores what a snapshot says of an open transaction: that its marker may lie in damage.</summary>
    public void Doubt(long firstOffset)
    {
        if (_unstable.TryGetValue(firstOffset, out var transaction))
            _unstable[firstOffset] = transaction with { MayHaveEnded = true };
    }

    /// <summary>All producers, by their ids.</summary>
    public ActiveProducer[] Describe() =>
    [
        .. _producers.Values
            .OrderBy(static entry => entry.ProducerId)
            .Select(static entry => new ActiveProducer(
                entry.ProducerId, entry.Epoch, entry.LastSequence, entry.LastTimestampMs, entry.CoordinatorEpoch, entry.TransactionFirstOffset)),
    ];

    /// <summary>Restores an entry of a snapshot.</summary>
    public void Restore(ProducerEntry entry)
    {
        _producers[entry.ProducerId] = entry;
        if (entry.TransactionFirstOffset != ProducerEntry.NoTransaction)
            _unstable[entry.TransactionFirstOffset] = new UnstableTransaction(entry.TransactionFirstOffset, Start: null, MarkerOffset: -1);
    }

    /// <summary>Transactions whose markers are below the high watermark hold nothing back any more.</summary>
    public void OnHighWatermark(long highWatermark)
    {
        for (var i = _unstable.Count - 1; i >= 0; i--)
        {
            var transaction = _unstable.Values[i];
            if (!transaction.IsOpen && transaction.MarkerOffset < highWatermark)
                _unstable.RemoveAt(i);
        }
    }

    /// <summary>Segments were written anew: positions mean nothing any more.</summary>
    public void ForgetPositions()
    {
        foreach (var (first, transaction) in _unstable.ToArray())
            _unstable[first] = transaction with { Start = null };
    }

    /// <summary>Forgets producers that were silent for so long, but for those with an open transaction.</summary>
    public int RemoveExpired(long nowMs, long expirationMs)
    {
        var expired = _producers.Values
            .Where(entry => entry.TransactionFirstOffset == ProducerEntry.NoTransaction && nowMs - entry.LastTimestampMs >= expirationMs)
            .Select(static entry => entry.ProducerId).ToList();
        foreach (var producerId in expired)
            _producers.Remove(producerId);
        return expired.Count;
    }

    // The epoch was raised for this marker, unless it was written already and only the answer was lost (KAFKA-19999).
    private static bool IsLateMarker(short epoch, ProducerEntry entry, AppendOrigin origin) =>
        origin == AppendOrigin.EpochRaisingCoordinator && epoch == entry.Epoch && entry.TransactionFirstOffset != ProducerEntry.NoTransaction;

    private static ErrorCode CheckData(RecordBatchView batch, ProducerEntry entry, out string? message)
    {
        message = null;
        var first = batch.BaseSequence;
        if (entry.HasEpoch && batch.ProducerEpoch != entry.Epoch)
        {
            if (first != 0)
            {
                message = $"Producer {entry.ProducerId} starts epoch {batch.ProducerEpoch} with sequence {first}, not 0.";
                return ErrorCode.OutOfOrderSequenceNumber;
            }
        }
        else if (entry.HasEpoch && !Sequences.Follows(entry.LastSequence, first))
        {
            message = $"Producer {entry.ProducerId} sent sequence {first} after {entry.LastSequence}.";
            return ErrorCode.OutOfOrderSequenceNumber;
        }

        if (entry.TransactionFirstOffset != ProducerEntry.NoTransaction && !batch.IsTransactional)
        {
            message = $"Producer {entry.ProducerId} has a transaction open and sent a batch outside of it.";
            return ErrorCode.InvalidTxnState;
        }

        return ErrorCode.None;
    }

    private static ErrorCode CheckMarker(RecordBatchView batch, ProducerEntry entry, out string? message)
    {
        message = null;
        if (!TransactionMarker.TryRead(batch, out var marker) || marker.CoordinatorEpoch >= entry.CoordinatorEpoch)
            return ErrorCode.None;
        message = $"A marker of coordinator epoch {marker.CoordinatorEpoch}; the last was of {entry.CoordinatorEpoch}.";
        return ErrorCode.TransactionCoordinatorFenced;
    }

    private AbortedRange? ApplyMarker(RecordBatchView batch, TransactionMarker marker, long nowMs)
    {
        var entry = GetOrAdd(batch.ProducerId);
        var first = entry.TransactionFirstOffset;
        entry.StartEpoch(batch.ProducerEpoch);
        entry.CoordinatorEpoch = marker.CoordinatorEpoch;
        entry.LastTimestampMs = nowMs;
        entry.TransactionFirstOffset = ProducerEntry.NoTransaction;
        if (first == ProducerEntry.NoTransaction)
            return null;
        _unstable[first] = _unstable[first] with { MarkerOffset = batch.LastOffset };
        return marker.IsCommit ? null : new AbortedRange(batch.ProducerId, first, batch.LastOffset, FirstOpenOffset() ?? batch.LastOffset + 1);
    }

    private long? FirstOpenOffset()
    {
        foreach (var transaction in _unstable.Values)
        {
            if (transaction.IsOpen)
                return transaction.FirstOffset;
        }

        return null;
    }

    private ProducerEntry GetOrAdd(long producerId)
    {
        if (!_producers.TryGetValue(producerId, out var entry))
            _producers.Add(producerId, entry = new ProducerEntry(producerId));
        return entry;
    }
}

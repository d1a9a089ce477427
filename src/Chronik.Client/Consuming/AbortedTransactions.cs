using System.Buffers.Binary;
using Chronik.Protocol.Messages;
using Chronik.Records;

namespace Chronik.Client.Consuming;

/// <summary>Tells the batches of aborted transactions, walking a fetched part of a partition from its start.</summary>
internal sealed class AbortedTransactions(IEnumerable<FetchResponse.AbortedTransaction> aborted)
{
    private readonly Queue<FetchResponse.AbortedTransaction> _toCome = new(aborted.OrderBy(transaction => transaction.FirstOffset));
    private readonly HashSet<long> _producersAborting = [];

    public bool Holds(RecordBatchView batch)
    {
        while (_toCome.TryPeek(out var next) && next.FirstOffset <= batch.LastOffset)
            _producersAborting.Add(_toCome.Dequeue().ProducerId);
        if (batch.IsControl && IsAbortMarker(batch))
            _producersAborting.Remove(batch.ProducerId);
        return batch.IsTransactional && _producersAborting.Contains(batch.ProducerId);
    }

    private static bool IsAbortMarker(RecordBatchView batch)
    {
        using var records = new RecordBatchReader(batch);
        return records.MoveNext()
            && records.Current.Key.Length >= 4
            && (ControlRecordType)BinaryPrimitives.ReadInt16BigEndian(records.Current.Key[2..]) == ControlRecordType.Abort;
    }
}

using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Log;

namespace Chronik.Broker.Importing;

/// <summary>
/// Ends the transactions that Kafka left open in a log, as Kafka would have: a commit that was decided is written, all
/// others are aborted, because their producers' transactional ids do not come along and nobody else could end them.
/// </summary>
internal static class OpenTransactions
{
    internal static async Task EndAsync(IPartitionLog log, HashSet<long> committing, TimeProvider time, List<string> notes)
    {
        foreach (var producer in log.ActiveProducers().Where(static producer => producer.TransactionFirstOffset >= 0))
        {
            var isCommit = committing.Contains(producer.ProducerId);
            var marker = RecordBatchBuilder.Marker(
                isCommit ? ControlRecordType.Commit : ControlRecordType.Abort,
                producer.ProducerId,
                producer.Epoch,
                Math.Max(0, producer.CoordinatorEpoch),
                time.GetUtcNow().ToUnixTimeMilliseconds());
            var result = log.Append(marker, AppendOrigin.Coordinator);
            var error = result.Error == ErrorCode.None ? await log.WhenDurable(result.LastOffset + 1) : result.Error;
            if (error != ErrorCode.None)
                throw new ImportException($"The transaction of producer {producer.ProducerId} that is open in {log.TopicPartition} could not be ended ({error}): mend the disk, then try again.");
            notes.Add($"{log.TopicPartition}: the transaction of producer {producer.ProducerId} that was open from offset {producer.TransactionFirstOffset} on was {(isCommit ? "committed, as Kafka had decided" : "aborted")}.");
        }
    }
}

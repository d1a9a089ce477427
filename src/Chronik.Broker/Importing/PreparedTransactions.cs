using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Importing;
using Chronik.Storage.IO;

namespace Chronik.Broker.Importing;

/// <summary>
/// Reads Kafka's <c>__transaction_state</c>: which transactions are decided to be committed, although not every partition
/// has their marker yet. All others that are open would have been aborted by their timeout.
/// </summary>
internal static class PreparedTransactions
{
    private const int ProducerEpochBytes = sizeof(short);
    private const sbyte PrepareCommit = 2;

    /// <summary>The producer ids whose transactions are to be committed.</summary>
    internal static HashSet<long> Read(IFileSystem files, IEnumerable<string> directories)
    {
        var committing = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var directory in directories)
        {
            foreach (var name in files.ListFiles(directory).Where(static name => name.EndsWith(".log", StringComparison.Ordinal)))
                Read(files, $"{directory}/{name}", committing);
        }

        return [.. committing.Values];
    }

    private static void Read(IFileSystem files, string path, Dictionary<string, long> committing)
    {
        using var reader = new LogFileReader(files, path);
        while (reader.MoveNext())
        {
            if (reader.IsDamage || new RecordBatchView(reader.Batch.Span).IsControl)
                continue;
            foreach (var record in new RecordBatchReader(new RecordBatchView(reader.Batch.Span)))
            {
                var key = new KafkaReader(record.Key.ToArray());
                if (key.ReadInt16() != 0)
                    continue;
                var transactionalId = key.ReadString(compact: false);
                committing.Remove(transactionalId);
                if (!record.IsValueNull && CommittingProducer(record.Value.ToArray()) is { } producerId)
                    committing[transactionalId] = producerId;
            }
        }
    }

    // Version, producer id, epoch, timeout, state; the same in all versions.
    private static long? CommittingProducer(byte[] value)
    {
        var reader = new KafkaReader(value);
        reader.ReadInt16();
        var producerId = reader.ReadInt64();
        reader.ReadSlice(ProducerEpochBytes);
        reader.ReadInt32();
        return reader.ReadInt8() == PrepareCommit ? producerId : null;
    }
}

using Chronik.Records;

namespace Chronik.Campaigns.Simulation;

/// <summary>A batch that was handed to the log: what must be read back, to the checksum.</summary>
internal sealed record ModelBatch
{
    public required long BaseOffset { get; init; }

    public required long LastOffset { get; init; }

    /// <summary>Of all that the producer sent: it stands for the content.</summary>
    public required uint Crc { get; init; }

    public required long ProducerId { get; init; }

    public required short Epoch { get; init; }

    public required int BaseSequence { get; init; }

    public required bool IsTransactional { get; init; }

    public required bool IsControl { get; init; }

    public bool IsCommit { get; init; }

    /// <summary>Acknowledged from the page cache (flush=os): a power cut may take it.</summary>
    public bool IsOsOnly { get; init; }

    public required long[] Timestamps { get; init; }

    public int Count => (int)(LastOffset - BaseOffset) + 1;

    public long NextOffset => LastOffset + 1;

    public int LastSequence => BaseSequence + Count - 1;

    public bool IsIn(RecordBatchView batch) => batch.BaseOffset == BaseOffset && batch.LastOffset == LastOffset && batch.Crc == Crc;

    /// <summary>The batch, as it is once it got its offset.</summary>
    public static ModelBatch Of(RecordBatchView batch, long baseOffset, bool isCommit, bool isOsOnly)
    {
        var timestamps = new long[batch.LastOffsetDelta + 1];
        var at = 0;
        foreach (var record in new RecordBatchReader(batch))
            timestamps[at++] = record.Timestamp;
        return new ModelBatch
        {
            BaseOffset = baseOffset,
            LastOffset = baseOffset + batch.LastOffsetDelta,
            Crc = batch.Crc,
            ProducerId = batch.ProducerId,
            Epoch = batch.ProducerEpoch,
            BaseSequence = batch.BaseSequence,
            IsTransactional = batch.IsTransactional,
            IsControl = batch.IsControl,
            IsCommit = isCommit,
            IsOsOnly = isOsOnly,
            Timestamps = timestamps,
        };
    }

    public override string ToString() =>
        $"[{BaseOffset}..{LastOffset} {Crc:x8}{(ProducerId >= 0 ? $" {ProducerId}/{Epoch}/{BaseSequence}" : "")}{(IsControl ? IsCommit ? " commit" : " abort" : IsTransactional ? " txn" : "")}{(IsOsOnly ? " os" : "")}]";
}
